import { isIPv4 } from "node:net";

import { HostError, type PacketTable } from "@freehold/agent-ports";

/**
 * nft(8) commands that replace the whole table in one transaction. Pure; throws `invalid` for anything that is not a plain name,
 * address or number, so that no field can carry a rule of its own.
 */
export function compileTable(name: string, table: PacketTable): string {
  const { bridge, subnet, forwards, allowed } = check(name, table);
  const pairs = [...new Set(allowed.map(({ from, to }) => `${from} . ${to}`))].toSorted();
  // nft takes no empty list of elements.
  const elements = pairs.length > 0 ? `elements = { ${pairs.join(", ")} }` : "";
  const translations = forwards
    .map(({ protocol, hostPort, address, port }) => ({
      hostPort,
      text: `${protocol} dport ${hostPort} dnat ip to ${address}:${port}`,
    }))
    .toSorted((a, b) => a.hostPort - b.hostPort || (a.text < b.text ? -1 : 1))
    .map(({ text }) => `    meta nfproto ipv4 fib daddr type local ${text}`)
    .join("\n");
  return `add table inet ${name}
delete table inet ${name}
table inet ${name} {
  set allowed {
    type ipv4_addr . ipv4_addr
    ${elements}
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    iifname != "${bridge}" oifname != "${bridge}" accept
    ct state established,related accept
    ct status dnat accept
    iifname "${bridge}" oifname "${bridge}" ip saddr . ip daddr @allowed accept
    iifname "${bridge}" oifname != "${bridge}" ip saddr ${subnet} accept
    drop
  }
  chain input {
    type filter hook input priority filter; policy accept;
    iifname != "${bridge}" accept
    ct state established,related accept
    ip saddr ${subnet} ip daddr ${subnet} meta l4proto { tcp, udp } th dport 53 accept
    ip saddr ${subnet} ip daddr ${subnet} icmp type echo-request accept
    drop
  }
  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
${translations}
  }
  chain output {
    type nat hook output priority -100; policy accept;
${translations}
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr ${subnet} oifname != "${bridge}" masquerade
    ip saddr ${subnet} oifname "${bridge}" ct status dnat masquerade
    ip saddr 127.0.0.0/8 oifname "${bridge}" masquerade
  }
}
`;
}

function check(name: string, table: PacketTable): PacketTable {
  require(name, "its name", name, isTableName(name));
  require(name, "bridge", table.bridge, /^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/.test(table.bridge));
  require(name, "subnet", table.subnet, isSubnet(table.subnet));
  for (const { protocol, hostPort, address, port } of table.forwards) {
    require(name, "protocol", protocol, ["tcp", "udp"].includes(protocol));
    require(name, "address", address, isIPv4(address));
    for (const number of [hostPort, port]) require(name, "port", `${number}`, isPort(number));
  }
  for (const address of table.allowed.flatMap(({ from, to }) => [from, to])) {
    require(name, "address", address, isIPv4(address));
  }
  return table;
}

function require(table: string, field: string, found: string, holds: boolean): void {
  if (holds) return;
  const text = `Cannot write packet table "${table}": ${field} is ${JSON.stringify(found)}`;
  throw new HostError("invalid", text);
}

function isSubnet(text: string): boolean {
  const [network = "", length = ""] = text.split("/");
  return isIPv4(network) && /^\d{1,2}$/.test(length) && Number(length) <= 32;
}

export function isTableName(name: string): boolean {
  return /^[a-z][a-z0-9_]{0,30}$/.test(name);
}

function isPort(number: number): boolean {
  return Number.isInteger(number) && number > 0 && number < 65_536;
}
