import { isIPv4 } from "node:net";

import {
  attribute,
  decodeAttributes,
  NLM_F_CREATE,
  NLM_F_DUMP,
  NLM_F_EXCL,
  NLM_F_REPLACE,
  type NetlinkMessage,
  textOf,
} from "./netlink-message.ts";
import { NETLINK_ROUTE, NetlinkSocket, onNetlinkEvent } from "./netlink-socket.ts";

const [RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK] = [16, 17, 18];
const [RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR] = [20, 21, 22];
const [IFLA_IFNAME, IFLA_MASTER, IFLA_LINKINFO, IFLA_IFALIAS, IFLA_INFO_KIND] = [3, 10, 18, 20, 1];
const [IFA_ADDRESS, IFA_LOCAL] = [1, 2];
const IFF_UP = 1;
const AF_INET = 2;
/** RTMGRP_LINK, _IPV4_IFADDR, _IPV4_ROUTE, _IPV6_IFADDR, _IPV6_ROUTE. */
const ROUTE_GROUPS = 1 | 0x10 | 0x40 | 0x100 | 0x400;

export interface Link {
  readonly index: number;
  readonly name: string;
  readonly up: boolean;
  /** "bridge", "veth"; null for hardware. */
  readonly kind: string | null;
  /** Index of the bridge it is joined to. */
  readonly master: number | null;
  readonly alias: string | null;
}

export interface LinkAddress {
  readonly index: number;
  readonly address: string;
  readonly prefixLength: number;
  /** rtnetlink(7) ifa_scope: 0 global, 253 link, 254 host. */
  readonly scope: number;
}

/** Links and addresses by rtnetlink(7). Changes are acknowledged by the kernel before the promise is kept. */
export class RouteSocket implements Disposable {
  readonly #socket = new NetlinkSocket(NETLINK_ROUTE);

  async links(): Promise<readonly Link[]> {
    const answers = await this.#socket.request(RTM_GETLINK, NLM_F_DUMP, linkHeader(0, 0, 0));
    return answers.filter(({ type }) => type === RTM_NEWLINK).map(decodeLink);
  }

  async addresses(): Promise<readonly LinkAddress[]> {
    const answers = await this.#socket.request(RTM_GETADDR, NLM_F_DUMP, Buffer.alloc(8));
    return answers.filter(({ type }) => type === RTM_NEWADDR).flatMap(decodeAddress);
  }

  async addBridge(name: string, alias: string): Promise<void> {
    const info = attribute(IFLA_LINKINFO, attribute(IFLA_INFO_KIND, "bridge"));
    const body = [linkHeader(0, 0, 0), attribute(IFLA_IFNAME, name), attribute(IFLA_IFALIAS, alias), info];
    await this.#socket.request(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, Buffer.concat(body));
  }

  async setUp(index: number): Promise<void> {
    await this.#socket.request(RTM_NEWLINK, 0, linkHeader(index, IFF_UP, IFF_UP));
  }

  async setAlias(index: number, alias: string): Promise<void> {
    const body = Buffer.concat([linkHeader(index, 0, 0), attribute(IFLA_IFALIAS, alias)]);
    await this.#socket.request(RTM_NEWLINK, 0, body);
  }

  async setMaster(index: number, master: number): Promise<void> {
    const body = Buffer.concat([linkHeader(index, 0, 0), attribute(IFLA_MASTER, master)]);
    await this.#socket.request(RTM_NEWLINK, 0, body);
  }

  async removeLink(index: number): Promise<void> {
    await this.#socket.request(RTM_DELLINK, 0, linkHeader(index, 0, 0));
  }

  async addAddress(index: number, address: string, prefixLength: number): Promise<void> {
    const body = encodeAddress(index, address, prefixLength);
    await this.#socket.request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, body);
  }

  async removeAddress(index: number, address: string, prefixLength: number): Promise<void> {
    await this.#socket.request(RTM_DELADDR, 0, encodeAddress(index, address, prefixLength));
  }

  [Symbol.dispose](): void {
    this.#socket[Symbol.dispose]();
  }
}

/** Calls back on any change of links, addresses or routes. */
export function onRouteChange(callback: () => void): Disposable {
  return onNetlinkEvent(NETLINK_ROUTE, ROUTE_GROUPS, callback);
}

/** struct ifinfomsg. */
function linkHeader(index: number, flags: number, change: number): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(index, 4);
  header.writeUInt32LE(flags, 8);
  header.writeUInt32LE(change, 12);
  return header;
}

function decodeLink({ body }: NetlinkMessage): Link {
  const attributes = decodeAttributes(body.subarray(16));
  const info = attributes.get(IFLA_LINKINFO);
  const kind = info && textOf(decodeAttributes(info).get(IFLA_INFO_KIND));
  return {
    index: body.readInt32LE(4),
    name: textOf(attributes.get(IFLA_IFNAME)) ?? "",
    up: (body.readUInt32LE(8) & IFF_UP) !== 0,
    kind: kind ?? null,
    master: attributes.get(IFLA_MASTER)?.readUInt32LE(0) ?? null,
    alias: textOf(attributes.get(IFLA_IFALIAS)) ?? null,
  };
}

/** struct ifaddrmsg. */
function decodeAddress({ body }: NetlinkMessage): readonly LinkAddress[] {
  const attributes = decodeAttributes(body.subarray(8));
  const address = attributes.get(IFA_LOCAL) ?? attributes.get(IFA_ADDRESS);
  if (!address) return [];
  return [
    {
      index: body.readUInt32LE(4),
      address: address.length === 4 ? address.join(".") : textOfIpv6(address),
      prefixLength: body.readUInt8(1),
      scope: body.readUInt8(3),
    },
  ];
}

function textOfIpv6(address: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => address.readUInt16BE(index * 2).toString(16));
  // The URL parser writes the canonical short form (RFC 5952).
  return new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
}

function encodeAddress(index: number, address: string, prefixLength: number): Buffer {
  if (!isIPv4(address)) throw new TypeError(`Cannot encode "${address}": no IPv4 address`);
  const header = Buffer.alloc(8);
  header.writeUInt8(AF_INET, 0);
  header.writeUInt8(prefixLength, 1);
  header.writeUInt32LE(index, 4);
  const bytes = Buffer.from(address.split(".").map(Number));
  return Buffer.concat([header, attribute(IFA_LOCAL, bytes), attribute(IFA_ADDRESS, bytes)]);
}
