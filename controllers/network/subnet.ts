/** `10.77.0.1/16` → `10.77.0.0/16`. Throws RangeError when it is no IPv4 address with prefix length. */
export function subnetOf(cidr: string): string {
  const { address, prefix } = parse(cidr);
  return `${textOf(address & maskOf(prefix))}/${prefix}`;
}

/** Address of the n-th host of the subnet; 0 is the network itself. */
export function hostAddress(cidr: string, n: number): string {
  const { address, prefix } = parse(cidr);
  return textOf((address & maskOf(prefix)) + n);
}

/** Hosts a subnet has room for, without network, broadcast and our own. */
export function hostCount(cidr: string): number {
  return 2 ** (32 - parse(cidr).prefix) - 3;
}

export function addressOf(cidr: string): string {
  return textOf(parse(cidr).address);
}

function parse(cidr: string): { address: number; prefix: number } {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  const numbers = match?.slice(1).map(Number) ?? [];
  const prefix = numbers[4];
  const octets = numbers.slice(0, 4);
  if (prefix === undefined || prefix > 30 || octets.some((octet) => octet > 255)) {
    throw new RangeError(
      `Cannot read "${cidr}": wanted an IPv4 address with prefix length, such as 10.77.0.1/16`,
    );
  }
  return { address: octets.reduce((sum, octet) => sum * 256 + octet, 0), prefix };
}

function maskOf(prefix: number): number {
  return prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0;
}

function textOf(address: number): string {
  const unsigned = address >>> 0;
  return [24, 16, 8, 0].map((shift) => (unsigned >>> shift) & 255).join(".");
}
