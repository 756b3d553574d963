import { BlockList, isIP, SocketAddress } from "node:net";

/** An IP address in rules. */
export class Ip {
  readonly text: string;
  readonly family: bigint;

  constructor(text: string, family: bigint) {
    this.text = text;
    this.family = family;
  }

  /** Undefined when the text is none; addresses with zones and IPv4 inside IPv6 are none, as in Kubernetes. */
  static parse(text: string): Ip | undefined {
    const family = isIP(text);
    if (family === 0 || text.includes("%") || /^::ffff:\d+\./i.test(text)) return undefined;
    return new Ip(canonical(text, family), BigInt(family));
  }

  within(block: string, bits: number): boolean {
    const list = new BlockList();
    const kind = isIP(block) === 4 ? "ipv4" : "ipv6";
    list.addSubnet(block, bits, kind);
    return this.family === (kind === "ipv4" ? 4n : 6n) && list.check(this.text, kind);
  }

  get isUnspecified(): boolean {
    return this.text === "0.0.0.0" || this.text === "::";
  }

  get isLoopback(): boolean {
    return this.within("127.0.0.0", 8) || this.text === "::1";
  }

  get isLinkLocalUnicast(): boolean {
    return this.within("169.254.0.0", 16) || this.within("fe80::", 10);
  }

  get isLinkLocalMulticast(): boolean {
    return this.within("224.0.0.0", 24) || this.within("ff02::", 16);
  }

  get isGlobalUnicast(): boolean {
    const isMulticast = this.within("224.0.0.0", 4) || this.within("ff00::", 8);
    return (
      !isMulticast &&
      !this.isUnspecified &&
      !this.isLoopback &&
      !this.isLinkLocalUnicast &&
      this.text !== "255.255.255.255"
    );
  }
}

/** A network in rules, as `10.0.0.0/8`. */
export class Cidr {
  readonly address: Ip;
  readonly bits: number;

  constructor(address: Ip, bits: number) {
    this.address = address;
    this.bits = bits;
  }

  static parse(text: string): Cidr | undefined {
    const [, address = "", length = ""] = /^(.+)\/(\d{1,3})$/.exec(text) ?? [];
    const ip = Ip.parse(address);
    const bits = Number(length);
    return ip && bits <= (ip.family === 4n ? 32 : 128) ? new Cidr(ip, bits) : undefined;
  }

  containsIp(ip: Ip): boolean {
    return ip.within(this.address.text, this.bits);
  }

  containsCidr(other: Cidr): boolean {
    return other.bits >= this.bits && this.containsIp(other.address);
  }
}

function canonical(text: string, family: number): string {
  return family === 4 ? text : new SocketAddress({ address: text, family: "ipv6" }).address;
}
