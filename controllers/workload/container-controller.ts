import type { Resource, ResourceOf } from "@freehold/apis";
import { bridgeKind } from "@freehold/apis/network";
import { archiveKind, serviceReportKind } from "@freehold/apis/package";
import { volumeKind } from "@freehold/apis/storage";
import { containerKind } from "@freehold/apis/workload";
import { either, type Realizer } from "@freehold/engine";

import { applyContainerStep } from "./apply-container-step.ts";
import type {
  ContainerControllerHost,
  ContainerObservation,
  ContainerStep,
} from "./container-observation.ts";
import { mainStartOf, observeContainer } from "./observe-container.ts";
import { orphanContainers } from "./orphan-containers.ts";
import { planContainer } from "./plan-container.ts";

type Container = ResourceOf<typeof containerKind>;

const MINUTE_MS = 60_000;

/** Runs a package's container, and in it the package's main. */
export const containerController: Realizer<
  Container,
  ContainerControllerHost,
  ContainerObservation,
  ContainerStep
> = {
  name: "workload.container",
  kind: containerKind,
  reads: [archiveKind, volumeKind, bridgeKind, serviceReportKind],
  touchedBy: (changed, world) =>
    world
      .list(containerKind)
      .filter(uses(changed))
      .map(({ metadata }) => metadata),
  observe: observeContainer,
  plan: planContainer,
  apply: applyContainerStep,
  status: statusOf,
  orphans: orphanContainers,
  deadlineMs: (step) => (step.do === "init" || step.do === "start-main" ? 30 * MINUTE_MS : 3 * MINUTE_MS),
  fact: factOf,
  // Links too: a bridge that was removed and made again has none of its containers.
  wakes: ({ containers, sessions, links, mounts }, signal) =>
    either(
      either(containers.changes(signal), sessions.changes(signal), signal),
      either(links.changes(signal), mounts.changes(signal), signal),
      signal,
    ),
};

/** Whether a container stands on the changed thing, or its package spoke. */
function uses(changed: Resource): (container: Container) => boolean {
  const { name, namespace } = changed.metadata;
  if (bridgeKind.matches(changed)) return ({ spec }) => spec.machine === name;
  if (archiveKind.matches(changed)) return ({ spec }) => spec.archive === name;
  if (serviceReportKind.matches(changed)) {
    return ({ metadata }) => metadata.namespace === namespace && metadata.name === name;
  }
  return ({ metadata, spec }) =>
    metadata.namespace === namespace && spec.volumes.some(({ volume }) => volume === name);
}

export function statusOf(container: Container, { state, service }: ContainerObservation): object {
  const mainStarted = mainStartOf(container, state, service);
  return {
    ...(state?.initPid !== undefined && { pid: state.initPid }),
    ...(state?.startedAt !== undefined && { started: state.startedAt }),
    ...(state && { starts: state.starts }),
    ...(mainStarted !== undefined && { mainStarted }),
    ...(state?.lastExit && { lastExit: `${state.lastExit.description} at ${state.lastExit.at}` }),
    ...(service.error !== undefined && { error: service.error }),
  };
}

const FACTS: Readonly<Partial<Record<ContainerStep["do"], string>>> = {
  "mount-runtime": "the runtime image was not mounted",
  prepare: "the container's folder was missing",
  "mount-root": "the container's root was not mounted",
  "share-subcontainers": "the folder of subcontainers was not shared",
  relink: "its network link was not joined to the bridge",
};

/** Steps that only talk to the package, or wind it down, repair no drift. */
export function factOf(step: ContainerStep): string | undefined {
  if (step.do === "start") return `the container was not running (${step.found})`;
  if (step.do === "set-limits") return `its limits were ${step.found}`;
  if (step.do === "write-definition") return step.replaces ? undefined : "its definition was missing";
  return FACTS[step.do];
}
