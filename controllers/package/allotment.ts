import { hashNumber, type ResourceOf } from "@freehold/apis";
import type { machineKind } from "@freehold/apis/system";
import { type containerKind, FIRST_UID_BASE, UID_COUNT, UID_SLOTS } from "@freehold/apis/workload";

import { hostAddress, hostCount } from "../network/subnet.ts";

type Container = ResourceOf<typeof containerKind>;

export interface Allotment {
  readonly uidBase: number;
  readonly ipv4: string;
}

/**
 * A uid range and an address of its own: what the container already has, else the first free one after a place that follows from
 * the name, so that the same package tends to get the same ones again.
 */
export function allotmentOf(
  place: { readonly name: string; readonly namespace?: string | undefined },
  machine: ResourceOf<typeof machineKind>,
  containers: readonly Container[],
): Allotment {
  const isOwn = ({ metadata }: Container): boolean =>
    metadata.name === place.name && metadata.namespace === place.namespace;
  const own = containers.find(isOwn);
  if (own) return { uidBase: own.spec.uidBase, ipv4: own.spec.ipv4 };
  const others = containers.filter(({ spec }) => spec.machine === machine.metadata.name);
  const uids = new Set(others.map(({ spec }) => spec.uidBase));
  const addresses = new Set(others.map(({ spec }) => spec.ipv4));
  const { bridgeCidr } = machine.spec;
  const start = hashNumber(`${place.namespace ?? ""}/${place.name}`);
  const uidBase = probe(UID_SLOTS, start, (slot) => FIRST_UID_BASE + slot * UID_COUNT, uids);
  // Host 0 is the network, host 1 the bridge itself.
  const ipv4 = probe(hostCount(bridgeCidr), start, (n) => hostAddress(bridgeCidr, n + 2), addresses);
  return { uidBase, ipv4 };
}

function probe<T>(size: number, start: number, valueOf: (slot: number) => T, taken: ReadonlySet<T>): T {
  for (let i = 0; i < size; i += 1) {
    const value = valueOf((start + i) % size);
    if (!taken.has(value)) return value;
  }
  throw new RangeError(`Cannot give out another of ${size}: all are taken`);
}
