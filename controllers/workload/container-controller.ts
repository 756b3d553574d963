import type { ResourceOf } from "@freehold/apis";
import { bridgeKind } from "@freehold/apis/network";
import { archiveKind } from "@freehold/apis/package";
import { volumeKind } from "@freehold/apis/storage";
import { containerKind } from "@freehold/apis/workload";
import { either, type Realizer } from "@freehold/engine";

import { applyContainerStep } from "./apply-container-step.ts";
import type {
  ContainerControllerHost,
  ContainerObservation,
  ContainerStep,
} from "./container-observation.ts";
import { observeContainer } from "./observe-container.ts";
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
  reads: [archiveKind, volumeKind, bridgeKind],
  touchedBy: (changed, world) =>
    world
      .list(containerKind)
      .filter(({ metadata, spec }) =>
        bridgeKind.matches(changed)
          ? spec.machine === changed.metadata.name
          : archiveKind.matches(changed)
            ? spec.archive === changed.metadata.name
            : metadata.namespace === changed.metadata.namespace &&
              spec.volumes.some(({ volume }) => volume === changed.metadata.name),
      )
      .map(({ metadata }) => metadata),
  observe: observeContainer,
  plan: planContainer,
  apply: applyContainerStep,
  status: statusOf,
  deadlineMs: (step) => (step.do === "init" || step.do === "start-main" ? 30 * MINUTE_MS : 3 * MINUTE_MS),
  fact: factOf,
  // Links too: a bridge that was removed and made again has none of its containers.
  wakes: ({ containers, sessions, links }, signal) =>
    either(
      either(containers.changes(signal), sessions.changes(signal), signal),
      links.changes(signal),
      signal,
    ),
};

function statusOf({ status }: Container, { state, service }: ContainerObservation): object {
  const sameStart = status?.starts === state?.starts;
  const mainStarted = service.main
    ? ((sameStart ? status?.mainStarted : undefined) ?? service.mainStartedAt)
    : undefined;
  return {
    ...(state?.initPid !== undefined && { pid: state.initPid }),
    ...(state?.startedAt !== undefined && { started: state.startedAt }),
    ...(state && { starts: state.starts }),
    ...(mainStarted !== undefined && { mainStarted }),
    ...(state?.lastExit && { lastExit: `${state.lastExit.description} at ${state.lastExit.at}` }),
    ...(service.error !== undefined && { error: service.error }),
  };
}

/** Steps that only talk to the package, or wind it down, repair no drift. */
function factOf(step: ContainerStep): string | undefined {
  switch (step.do) {
    case "mount-runtime":
      return "the runtime image was not mounted";
    case "prepare":
      return "the container's folder was missing";
    case "mount-root":
      return "the container's root was not mounted";
    case "share-subcontainers":
      return "the folder of subcontainers was not shared";
    case "start":
      return `the container was not running (${step.found})`;
    case "set-limits":
      return `its limits were ${step.found}`;
    case "relink":
      return "its network link was not joined to the bridge";
    case "write-definition":
      return step.replaces ? undefined : "its definition was missing";
    case "clear-scratch":
    case "open-session":
    case "init":
    case "start-main":
    case "stop-main":
    case "exit":
    case "stop":
    case "destroy":
    case "close-session":
    case "unmount":
    case "remove-folder":
      return undefined;
  }
}
