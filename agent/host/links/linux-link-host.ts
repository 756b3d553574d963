import { writeFile } from "node:fs/promises";
import { isIPv4 } from "node:net";

import { type BridgeState, type Cancellation, HostError, type LinkHost } from "@freehold/agent-ports";
import { type Link, type LinkAddress, onRouteChange, type RouteSocket } from "@freehold/native";

import { attempt, errnoOf } from "../host-failure.ts";
import { lookAgain } from "../look-again.ts";
import { findLink, removeLink } from "./find-link.ts";

/** Marks the bridges we made, also for an agent after this one. ip-link(8), alias. */
const OUR_ALIAS = "freehold";
const SCOPE_GLOBAL = 0;

/** LinkHost by rtnetlink(7). */
export class LinuxLinkHost implements LinkHost {
  readonly #routes: RouteSocket;

  constructor(routes: RouteSocket) {
    this.#routes = routes;
  }

  async bridge(name: string): Promise<BridgeState | undefined> {
    return attempt("read bridge", name, async () => {
      const [links, addresses] = await Promise.all([this.#routes.links(), this.#routes.addresses()]);
      const bridge = links.find((link) => link.name === name && link.kind === "bridge");
      if (!bridge) return undefined;
      const isShown = ({ index, scope }: LinkAddress): boolean =>
        index === bridge.index && scope === SCOPE_GLOBAL;
      return {
        name,
        up: bridge.up,
        addresses: addresses.filter(isShown).map(withPrefix).toSorted(),
        ports: links
          .filter(({ master }) => master === bridge.index)
          .map((link) => link.name)
          .toSorted(),
      };
    });
  }

  async ensureBridge(name: string, address: string): Promise<void> {
    await attempt("make bridge", name, async () => {
      const wanted = parseAddress(checkedName(name), address);
      const bridge = (await this.#existing(name)) ?? (await this.#add(name));
      if (bridge.alias !== OUR_ALIAS) await this.#routes.setAlias(bridge.index, OUR_ALIAS);
      await this.#setAddress(bridge.index, wanted);
      await setKernelSwitches(name);
      if (!bridge.up) await this.#routes.setUp(bridge.index);
    });
  }

  async removeLink(name: string): Promise<void> {
    await attempt("remove link", name, () => removeLink(this.#routes, checkedName(name)));
  }

  async linksNamed(prefix: string): Promise<readonly string[]> {
    return attempt("list links", prefix, async () => {
      const names = (await this.#routes.links()).map(({ name }) => name);
      return names.filter((name) => name.startsWith(prefix)).toSorted();
    });
  }

  async addresses(): Promise<readonly string[]> {
    return attempt("list", "addresses", async () => {
      const [links, addresses] = await Promise.all([this.#routes.links(), this.#routes.addresses()]);
      const ours = new Set(links.filter(({ alias }) => alias === OUR_ALIAS).map(({ index }) => index));
      const isReachable = ({ index, scope }: LinkAddress): boolean =>
        scope === SCOPE_GLOBAL && !ours.has(index);
      return [...new Set(addresses.filter(isReachable).map(({ address }) => address))].toSorted();
    });
  }

  changes(cancellation: Cancellation): AsyncIterable<void> {
    return lookAgain(cancellation, onRouteChange);
  }

  async #existing(name: string): Promise<Link | undefined> {
    const link = await findLink(this.#routes, name);
    if (!link || link.kind === "bridge") return link;
    throw new HostError(
      "exists",
      `Cannot make bridge "${name}": a link of kind ${link.kind ?? "device"} has the name`,
    );
  }

  async #add(name: string): Promise<Link> {
    try {
      await this.#routes.addBridge(name, OUR_ALIAS);
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
    }
    const made = await findLink(this.#routes, name);
    if (!made) throw new HostError("interrupted", `Cannot make bridge "${name}": it was removed meanwhile`);
    return made;
  }

  async #setAddress(index: number, wanted: LinkAddress): Promise<void> {
    const present = (await this.#routes.addresses()).filter((address) => address.index === index);
    const isWanted = (address: LinkAddress): boolean => withPrefix(address) === withPrefix(wanted);
    if (!present.some(isWanted)) await this.#routes.addAddress(index, wanted.address, wanted.prefixLength);
    for (const other of present) {
      if (isWanted(other) || !isIPv4(other.address)) continue;
      await this.#routes.removeAddress(index, other.address, other.prefixLength);
    }
  }
}

/**
 * ip-sysctl of the kernel's documentation. proxy_arp_pvlan: the bridge answers for containers on other isolated ports, so their
 * packets come to our forward chain. route_localnet: answers to a forward that was reached by 127.0.0.1 find their way back.
 */
async function setKernelSwitches(bridge: string): Promise<void> {
  const conf = "/proc/sys/net/ipv4/conf";
  await writeFile("/proc/sys/net/ipv4/ip_forward", "1");
  await writeFile(`${conf}/${bridge}/proxy_arp_pvlan`, "1");
  await writeFile(`${conf}/${bridge}/route_localnet`, "1");
  await writeFile(`${conf}/${bridge}/send_redirects`, "0");
  await unhookBridges();
}

/**
 * Where br_netfilter is loaded, packets that are translated from one port of a bridge to another are bridged and not routed, and end at
 * the isolated port; so containers could not use what is forwarded to others.
 */
async function unhookBridges(): Promise<void> {
  try {
    await writeFile("/proc/sys/net/bridge/bridge-nf-call-iptables", "0");
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}

function withPrefix({ address, prefixLength }: LinkAddress): string {
  return `${address}/${prefixLength}`;
}

function parseAddress(bridge: string, text: string): LinkAddress {
  const [, address = "", length = ""] = /^([\d.]+)\/(\d+)$/.exec(text) ?? [];
  if (isIPv4(address) && Number(length) <= 32) {
    return { index: 0, address, prefixLength: Number(length), scope: SCOPE_GLOBAL };
  }
  throw new HostError(
    "invalid",
    `Cannot make bridge "${bridge}": "${text}" is no IPv4 address with prefix length`,
  );
}

function checkedName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/.test(name)) return name;
  throw new HostError(
    "invalid",
    `Cannot use link "${name}": not letters, digits, "_", "." and "-", at most 15`,
  );
}
