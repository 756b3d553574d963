import type { BridgeState, LinkHost } from "@freehold/agent-ports";
import type { ResourceOf } from "@freehold/apis";
import { bridgeKind } from "@freehold/apis/network";
import { type Goal, type Plan, type Realizer, toPlan } from "@freehold/engine";

type Bridge = ResourceOf<typeof bridgeKind>;

export interface BridgeHost {
  readonly links: LinkHost;
  /** Name of the link; one bridge per machine. */
  readonly bridgeLink: string;
  readonly machine: string;
}

export interface BridgeObservation {
  readonly link: string;
  readonly state: BridgeState | undefined;
}

export type BridgeStep =
  | { readonly do: "make-bridge"; readonly link: string; readonly address: string; readonly found: string }
  | { readonly do: "remove-bridge"; readonly link: string };

/** Keeps the link that joins a machine's containers. */
export const bridgeController: Realizer<Bridge, BridgeHost, BridgeObservation, BridgeStep> = {
  name: "network.bridge",
  kind: bridgeKind,
  observe: async (_bridge, { links, bridgeLink }) => ({
    link: bridgeLink,
    state: await links.bridge(bridgeLink),
  }),
  plan: planBridge,
  apply: async (step, { links }) =>
    step.do === "make-bridge" ? links.ensureBridge(step.link, step.address) : links.removeLink(step.link),
  status: () => ({}),
  fact: (step) => (step.do === "make-bridge" ? `bridge ${step.link} ${step.found}` : undefined),
  wakes: ({ links }, signal) => links.changes(signal),
};

export function planBridge(goal: Goal<Bridge>, { link, state }: BridgeObservation): Plan<BridgeStep> {
  if (goal.want === "absent") return toPlan(state ? [{ do: "remove-bridge", link }] : []);
  const address = goal.resource.spec.cidr;
  const found = whatIsWrong(state, address);
  return toPlan(found === undefined ? [] : [{ do: "make-bridge", link, address, found }]);
}

function whatIsWrong(state: BridgeState | undefined, address: string): string | undefined {
  if (!state) return "was missing";
  if (!state.up) return "was down";
  const foreign = state.addresses.filter((found) => found !== address && !found.includes(":"));
  if (!state.addresses.includes(address)) return `lacked its address ${address}`;
  return foreign.length > 0 ? `had the foreign address ${foreign.join(", ")}` : undefined;
}
