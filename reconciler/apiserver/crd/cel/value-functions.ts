import type { Environment } from "@marcbachmann/cel-js";

import { Cidr, Ip } from "./network.ts";
import { Quantity } from "./quantity.ts";

/** Kubernetes' types for quantities, addresses, networks and URLs. */
export function addValueFunctions(environment: Environment): void {
  addQuantity(environment);
  addIp(environment);
  addCidr(environment);
  addUrl(environment);
}

/** Throws RangeError for what is none. */
function needed<T>(value: T | undefined, what: string, text: string): T {
  if (value === undefined)
    throw new RangeError(`${what} "${text}" parse error during conversion from string`);
  return value;
}

function readQuantity(text: string): Quantity {
  return needed(Quantity.parse(text), "Quantity", text);
}

function addQuantity(environment: Environment): void {
  environment
    .registerType("kubernetes.Quantity", { ctor: Quantity, fields: {} })
    .registerFunction("quantity(string): kubernetes.Quantity", readQuantity)
    .registerFunction("isQuantity(string): bool", (text: string) => Quantity.parse(text) !== undefined)
    .registerFunction("kubernetes.Quantity.isInteger(): bool", (one: Quantity) => one.isInteger)
    .registerFunction("kubernetes.Quantity.asInteger(): int", (one: Quantity) => one.asInteger())
    .registerFunction("kubernetes.Quantity.asApproximateFloat(): double", (one: Quantity) =>
      one.asApproximateFloat(),
    )
    .registerFunction("kubernetes.Quantity.sign(): int", (one: Quantity) => one.compareTo(new Quantity(0n)))
    .registerFunction(
      "kubernetes.Quantity.compareTo(kubernetes.Quantity): int",
      (one: Quantity, other: Quantity) => one.compareTo(other),
    )
    .registerFunction(
      "kubernetes.Quantity.isGreaterThan(kubernetes.Quantity): bool",
      (one: Quantity, other: Quantity) => one.compareTo(other) > 0n,
    )
    .registerFunction(
      "kubernetes.Quantity.isLessThan(kubernetes.Quantity): bool",
      (one: Quantity, other: Quantity) => one.compareTo(other) < 0n,
    )
    .registerFunction(
      "kubernetes.Quantity.add(kubernetes.Quantity): kubernetes.Quantity",
      (one: Quantity, other: Quantity) => new Quantity(one.nanos + other.nanos),
    )
    .registerFunction(
      "kubernetes.Quantity.sub(kubernetes.Quantity): kubernetes.Quantity",
      (one: Quantity, other: Quantity) => new Quantity(one.nanos - other.nanos),
    )
    .registerOperator(
      "kubernetes.Quantity == kubernetes.Quantity",
      (a: Quantity, b: Quantity) => a.nanos === b.nanos,
    );
}

function addIp(environment: Environment): void {
  environment
    .registerType("net.IP", { ctor: Ip, fields: {} })
    .registerFunction("ip(string): net.IP", (text: string) => needed(Ip.parse(text), "IP Address", text))
    .registerFunction("isIP(string): bool", (text: string) => Ip.parse(text) !== undefined)
    .registerFunction("string(net.IP): string", ({ text }: Ip) => text)
    .registerFunction("net.IP.family(): int", ({ family }: Ip) => family)
    .registerFunction("net.IP.isUnspecified(): bool", (ip: Ip) => ip.isUnspecified)
    .registerFunction("net.IP.isLoopback(): bool", (ip: Ip) => ip.isLoopback)
    .registerFunction("net.IP.isLinkLocalUnicast(): bool", (ip: Ip) => ip.isLinkLocalUnicast)
    .registerFunction("net.IP.isLinkLocalMulticast(): bool", (ip: Ip) => ip.isLinkLocalMulticast)
    .registerFunction("net.IP.isGlobalUnicast(): bool", (ip: Ip) => ip.isGlobalUnicast)
    .registerOperator("net.IP == net.IP", (a: Ip, b: Ip) => a.text === b.text);
}

function addCidr(environment: Environment): void {
  const readIp = (text: string): Ip => needed(Ip.parse(text), "IP Address", text);
  const readCidr = (text: string): Cidr => needed(Cidr.parse(text), "network address", text);
  environment
    .registerType("net.CIDR", { ctor: Cidr, fields: {} })
    .registerFunction("cidr(string): net.CIDR", readCidr)
    .registerFunction("isCIDR(string): bool", (text: string) => Cidr.parse(text) !== undefined)
    .registerFunction("net.CIDR.ip(): net.IP", ({ address }: Cidr) => address)
    .registerFunction("net.CIDR.prefixLength(): int", ({ bits }: Cidr) => BigInt(bits))
    .registerFunction("net.CIDR.containsIP(net.IP): bool", (cidr: Cidr, ip: Ip) => cidr.containsIp(ip))
    .registerFunction("net.CIDR.containsIP(string): bool", (cidr: Cidr, text: string) =>
      cidr.containsIp(readIp(text)),
    )
    .registerFunction("net.CIDR.containsCIDR(net.CIDR): bool", (cidr: Cidr, other: Cidr) =>
      cidr.containsCidr(other),
    )
    .registerFunction("net.CIDR.containsCIDR(string): bool", (cidr: Cidr, text: string) =>
      cidr.containsCidr(readCidr(text)),
    );
}

/** Absolute, or a path from the root, as Go's ParseRequestURI takes them. */
function readUrl(text: string): URL | undefined {
  if (text.startsWith("/")) return URL.parse(text, "none:///") ?? undefined;
  return /^[A-Za-z][A-Za-z0-9+.-]*:/.test(text) ? (URL.parse(text) ?? undefined) : undefined;
}

function addUrl(environment: Environment): void {
  environment
    .registerType("kubernetes.URL", { ctor: URL, fields: {} })
    .registerFunction("url(string): kubernetes.URL", (text: string) => needed(readUrl(text), "URL", text))
    .registerFunction("isURL(string): bool", (text: string) => readUrl(text) !== undefined)
    .registerFunction("kubernetes.URL.getScheme(): string", ({ protocol }: URL) =>
      protocol === "none:" ? "" : protocol.slice(0, -1),
    )
    .registerFunction("kubernetes.URL.getHost(): string", ({ host }: URL) => host)
    .registerFunction("kubernetes.URL.getHostname(): string", ({ hostname }: URL) =>
      hostname.replace(/^\[(.*)\]$/, "$1"),
    )
    .registerFunction("kubernetes.URL.getPort(): string", ({ port }: URL) => port)
    .registerFunction("kubernetes.URL.getEscapedPath(): string", ({ pathname }: URL) => pathname)
    .registerFunction(
      "kubernetes.URL.getQuery(): map<string, list<string>>",
      ({ searchParams }: URL) =>
        new Map([...searchParams.keys()].map((name) => [name, searchParams.getAll(name)])),
    );
}
