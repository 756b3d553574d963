import { isIP } from "node:net";

/** So many connections of one address; this machine's own are not counted, for proxies speak for many. */
export class ConnectionCap {
  readonly #limit: number;
  readonly #open = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes a place; what it answers gives it back. Undefined when the address has all of its own. */
  enter(address: string | undefined): (() => void) | undefined {
    if (address === undefined || isLoopback(address)) return () => undefined;
    const key = networkOf(address);
    const open = this.#open.get(key) ?? 0;
    if (open >= this.#limit) return undefined;
    this.#open.set(key, open + 1);
    return () => {
      const left = (this.#open.get(key) ?? 1) - 1;
      if (left === 0) this.#open.delete(key);
      else this.#open.set(key, left);
    };
  }
}

function isLoopback(address: string): boolean {
  return address === "::1" || /^(::ffff:)?127\./.test(address);
}

/** A host has a whole /64 of IPv6 to choose addresses from. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6 || address.includes(".")) return address;
  const [head = "", tail = ""] = address.replace(/%.*$/, "").split("::", 2);
  const front = head === "" ? [] : head.split(":");
  const back = tail === "" ? [] : tail.split(":");
  const zeros = address.includes("::")
    ? Array.from({ length: 8 - front.length - back.length }, () => "0")
    : [];
  return [...front, ...zeros, ...back].slice(0, 4).join(":");
}
