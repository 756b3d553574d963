import type { PacketHost, PacketTable } from "@freehold/agent-ports";
import type { ResourceOf } from "@freehold/apis";
import { packetRulesKind } from "@freehold/apis/network";
import { equalValue, type Goal, type Plan, type Realizer, toPlan } from "@freehold/engine";

type PacketRules = ResourceOf<typeof packetRulesKind>;

export interface PacketRulesHost {
  readonly packets: PacketHost;
  readonly bridgeLink: string;
  /** Name of our one table. */
  readonly packetTable: string;
  readonly machine: string;
}

export interface PacketRulesObservation {
  readonly name: string;
  readonly bridge: string;
  readonly table: PacketTable | "foreign" | undefined;
}

export type PacketRulesStep =
  | {
      readonly do: "replace-table";
      readonly name: string;
      readonly table: PacketTable;
      readonly found: string | undefined;
    }
  | { readonly do: "remove-table"; readonly name: string };

/** Keeps the machine's one nftables table. */
export const packetRulesController: Realizer<
  PacketRules,
  PacketRulesHost,
  PacketRulesObservation,
  PacketRulesStep
> = {
  name: "network.packet-rules",
  kind: packetRulesKind,
  observe: async (_rules, { packets, packetTable, bridgeLink }) => ({
    name: packetTable,
    bridge: bridgeLink,
    table: await packets.table(packetTable),
  }),
  plan: planPacketRules,
  apply: async (step, { packets }) =>
    step.do === "replace-table"
      ? packets.replaceTable(step.name, step.table)
      : packets.removeTable(step.name),
  status: () => ({}),
  fact: (step) => (step.do === "replace-table" ? step.found : undefined),
  wakes: ({ packets }, signal) => packets.changes(signal),
};

export function planPacketRules(
  goal: Goal<PacketRules>,
  { name, bridge, table }: PacketRulesObservation,
): Plan<PacketRulesStep> {
  if (goal.want === "absent") {
    return toPlan(table === undefined ? [] : [{ do: "remove-table", name }]);
  }
  const { subnet, forwards, allowed } = goal.resource.spec;
  const wanted: PacketTable = { bridge, subnet, forwards, allowed };
  if (typeof table === "object" && equalValue(canonical(table), canonical(wanted)))
    return { type: "settled" };
  const found =
    table === undefined ? `nftables table ${name} was missing` : `nftables table ${name} was changed`;
  return toPlan([{ do: "replace-table", name, table: wanted, found }]);
}

/** Order means nothing in sets of rules. */
function canonical({ bridge, subnet, forwards, allowed }: PacketTable): object {
  const sorted = (items: readonly object[]): readonly string[] =>
    items.map((item) => JSON.stringify(Object.entries(item).toSorted())).toSorted();
  return { bridge, subnet, forwards: sorted(forwards), allowed: sorted(allowed) };
}
