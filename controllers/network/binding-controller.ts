import type { ResourceOf } from "@freehold/apis";
import { hashNumber } from "@freehold/apis";
import { bindingKind } from "@freehold/apis/network";
import { containerKind } from "@freehold/apis/workload";
import type { Outcome, Transformer, World } from "@freehold/engine";

type Binding = ResourceOf<typeof bindingKind>;

/** Where ports are taken from when the wished one cannot be had (IANA dynamic ports). */
const FIRST_DYNAMIC = 49_152;
const DYNAMIC_PORTS = 65_534 - FIRST_DYNAMIC;
/** Ports nobody is given: the system's own (StartOS' list), and the API's. */
const RESTRICTED = new Set([5353, 5355, 5432, 6010, 6443, 9050, 9051]);
const LAST_PRIVILEGED = 1024;

/** Gives each Binding a port outside, and lets it keep that. */
export const bindingController: Transformer<Binding> = {
  name: "network.binding",
  input: bindingKind,
  outputs: [],
  reads: [containerKind],
  serial: true,
  derive: () => [],
  touchedBy: (changed, world) =>
    containerKind.matches(changed)
      ? world
          .list(bindingKind)
          .filter(
            ({ spec, metadata }) =>
              spec.package === changed.metadata.name && metadata.namespace === changed.metadata.namespace,
          )
          .map(({ metadata }) => metadata)
      : [],
  summarise: summariseBinding,
};

export function summariseBinding(binding: Binding, world: World): { status: object; outcome: Outcome } {
  const { name, namespace } = binding.metadata;
  const taken = new Set(
    world
      .list(bindingKind)
      .filter(({ metadata }) => metadata.name !== name || metadata.namespace !== namespace)
      .map(({ status }) => status?.assignedPort),
  );
  const assignedPort = binding.status?.assignedPort ?? freePort(binding, taken);
  if (assignedPort === undefined) {
    return { status: {}, outcome: { type: "stalled", reason: "NoFreePort", message: "every port is taken" } };
  }
  const address = world.get(containerKind, binding.spec.package, namespace)?.spec.ipv4;
  return {
    status: { assignedPort, ...(address !== undefined && { address }) },
    outcome: { type: "ready" },
  };
}

/** The wished port if it may be given, else one from the dynamic range that follows from the name, so that it tends to come back. */
function freePort(binding: Binding, taken: ReadonlySet<number | undefined>): number | undefined {
  const wished = binding.spec.preferredExternalPort;
  if (wished > LAST_PRIVILEGED && !RESTRICTED.has(wished) && !taken.has(wished)) return wished;
  const start = hashNumber(`${binding.metadata.namespace ?? ""}/${binding.metadata.name}`);
  for (let i = 0; i < DYNAMIC_PORTS; i += 1) {
    const port = FIRST_DYNAMIC + ((start + i) % DYNAMIC_PORTS);
    if (!taken.has(port)) return port;
  }
  return undefined;
}
