import type { ContainerDefinition, Limits } from "@freehold/agent-ports";
import type { ResourceOf } from "@freehold/apis";
import type { containerKind } from "@freehold/apis/workload";
import { equalValue, type Goal, type Plan, toPlan } from "@freehold/engine";

import { idMapOf } from "./container-definition.ts";
import type { ContainerObservation, ContainerStep } from "./container-observation.ts";
import { resolversFile } from "./prepare-folder.ts";
import { subcontainerTrees, unmountSteps } from "./unmount-steps.ts";

type Container = ResourceOf<typeof containerKind>;

/** Ends within the window before it is given a pause. */
const PATIENCE = 3;
const PAUSE_MS = 10_000;
/** A package with health checks tells of the first one sooner; one without never does. */
const FIRST_HEALTH_MS = 5_000;
/** The kernel rounds memory limits down to pages. */
const PAGE = 4096;

export function planContainer(goal: Goal<Container>, observed: ContainerObservation): Plan<ContainerStep> {
  if (goal.want === "absent") return toPlan(stepsToAbsent(observed));
  const container = goal.resource;
  if (observed.state?.state === "stopping") {
    return {
      type: "waiting",
      reason: "Starting",
      message: "the former one is still stopping",
      retryAfterMs: 500,
    };
  }
  if (observed.state?.state !== "running") return planStart(container, observed);
  const replaced = stepsToReplace(observed);
  if (replaced.length > 0) return toPlan(replaced);
  const steps = [
    ...stepsToListen(container, observed),
    ...stepsToAdjust(observed),
    ...stepsOfService(container, observed),
  ];
  return steps.length > 0 ? toPlan(steps) : planSettled(container, observed);
}

/** All is done; what the package says of itself is still worth a moment, so that nobody sees it well before it said so. */
function planSettled(
  { spec }: Container,
  { state, bridgeReady, healthTold, sinceMainMs }: ContainerObservation,
): Plan<ContainerStep> {
  if (state?.linked === false && !bridgeReady) {
    return { type: "waiting", reason: "BridgeNotReady", message: "the machine's bridge is not there" };
  }
  if (spec.running && !healthTold && sinceMainMs < FIRST_HEALTH_MS) {
    const retryAfterMs = FIRST_HEALTH_MS - sinceMainMs;
    const message = "its main has begun, and has not told of its health yet";
    return { type: "waiting", reason: "Starting", message, retryAfterMs };
  }
  return { type: "settled" };
}

function planStart(container: Container, observed: ContainerObservation): Plan<ContainerStep> {
  const { missing, crashes } = observed;
  // What it stands on itself can be made while others still make theirs.
  const ground = [...stepsToRoot(container, observed), ...stepsToListen(container, observed)];
  if (missing) return ground.length > 0 ? toPlan(ground) : { type: "waiting", ...missing };
  const pauseMs = PAUSE_MS * 2 ** Math.min(crashes.recent - PATIENCE, 5);
  if (crashes.recent >= PATIENCE && crashes.sinceLastMs < pauseMs) {
    const message = `it ended by itself ${crashes.recent} times: ${observed.state?.lastExit?.description ?? ""}`;
    return { type: "waiting", reason: "CrashLoop", message, retryAfterMs: pauseMs - crashes.sinceLastMs };
  }
  return toPlan([...ground, ...stepsToStart(observed)]);
}

function stepsToRoot(container: Container, observed: ContainerObservation): ContainerStep[] {
  const { folder, mounted, runtimeTarget } = observed;
  const idMap = idMapOf(container);
  const steps: ContainerStep[] = [];
  if (!observed.runtimeMounted)
    steps.push({ do: "mount-runtime", image: observed.runtimeImage, target: runtimeTarget });
  if (!observed.folderReady) steps.push({ do: "prepare", folder, idMap });
  if (observed.resolvers !== undefined && !mounted.includes(folder.rootfs)) {
    // Below a mounted overlay nothing may be changed.
    steps.push({ do: "write-resolvers", file: resolversFile(folder), text: observed.resolvers });
  }
  const trees = subcontainerTrees(mounted, folder);
  if (observed.leftovers.length > 0 || trees.length > 0) {
    steps.push(...trees.map((target): ContainerStep => ({ do: "unmount", target, lazy: true })));
    steps.push({ do: "clear-scratch", folder, trash: observed.trash });
  }
  if (!observed.subcontainersShared) steps.push({ do: "share-subcontainers", folder });
  if (!mounted.includes(folder.rootfs)) steps.push({ do: "mount-root", folder, lower: runtimeTarget, idMap });
  return steps;
}

/** The effects socket is there before the package's first call. */
function stepsToListen(
  container: Container,
  { name, folder, service }: ContainerObservation,
): ContainerStep[] {
  if (service.open) return [];
  const { metadata, spec } = container;
  const caller = { namespace: metadata.namespace ?? "", name: metadata.name, packageId: spec.packageId };
  return [{ do: "open-session", name, rpc: folder.rpc, owner: spec.uidBase, caller }];
}

function stepsToStart({ name, state, definition }: ContainerObservation): ContainerStep[] {
  const steps: ContainerStep[] = [];
  if (!equalValue(state?.definition, definition)) {
    steps.push({ do: "write-definition", definition, replaces: state?.definition !== undefined });
  }
  steps.push({ do: "start", name, found: state?.lastExit?.description ?? "never started" });
  return steps;
}

/** Something that cannot change while it runs is different: stop it in order, and the next look starts it anew. */
function stepsToReplace({
  name,
  state,
  definition,
  service,
  mounted,
  folder,
  linkExists,
  bridgeReady,
}: ContainerObservation): ContainerStep[] {
  const same =
    state?.definition !== undefined && equalValue(withoutLimits(state.definition), withoutLimits(definition));
  // A link that is gone took its inside end along: only a start makes a new pair.
  const unlinked = state?.linked === false && !linkExists && bridgeReady;
  if (same && mounted.includes(folder.rootfs) && !unlinked) return [];
  return [...(service.main ? [{ do: "stop-main", name } as const] : []), { do: "stop", name }];
}

function stepsToAdjust({
  name,
  state,
  definition,
  linkExists,
  bridgeReady,
}: ContainerObservation): ContainerStep[] {
  if (!state) return [];
  const steps: ContainerStep[] = [];
  if (!equalValue(state.definition, definition)) {
    steps.push({ do: "write-definition", definition, replaces: true });
  }
  if (!sameLimits(state.limits, definition.limits)) {
    steps.push({ do: "set-limits", name, limits: definition.limits, found: JSON.stringify(state.limits) });
  }
  if (!state.linked && linkExists && bridgeReady) steps.push({ do: "relink", name });
  return steps;
}

function stepsOfService(container: Container, observed: ContainerObservation): ContainerStep[] {
  const { name, state, service, folder, initialisedFor, dataVersion } = observed;
  const { archive, running } = container.spec;
  const start = state?.starts ?? 0;
  const steps: ContainerStep[] = [];
  if (!service.initialised) {
    const kind = initialisedFor === archive ? null : dataVersion === undefined ? "install" : "update";
    steps.push({ do: "init", name, start, kind, archive, folder });
  }
  if (running && !service.main) steps.push({ do: "start-main", name, start });
  if (service.main && (!running || service.restart)) steps.push({ do: "stop-main", name });
  return steps;
}

/** Backwards: the package's own goodbye first, then the container, then what it stood on. */
function stepsToAbsent(observed: ContainerObservation): ContainerStep[] {
  const { name, state, service, mounted, folder, folderExists, trash, dataVersion } = observed;
  const steps: ContainerStep[] = [];
  if (state?.state === "running" && service.initialised) {
    // Its data stays, so it is told to stay at its own version.
    steps.push({ do: "exit", name, target: dataVersion ?? null });
  }
  if (state && state.state !== "stopped") steps.push({ do: "stop", name });
  if (state) steps.push({ do: "destroy", name });
  if (service.open) steps.push({ do: "close-session", name });
  steps.push(...unmountSteps(mounted, folder));
  if (folderExists) steps.push({ do: "remove-folder", path: folder.root, trash });
  return steps;
}

function withoutLimits({ limits: _limits, ...rest }: ContainerDefinition): object {
  return rest;
}

export function sameLimits(found: Limits, wanted: Limits): boolean {
  const near = (a: number | undefined, b: number | undefined, tolerance: number): boolean =>
    a === undefined || b === undefined ? a === b : Math.abs(a - b) < tolerance;
  return (
    near(found.memoryBytes, wanted.memoryBytes, PAGE) &&
    near(found.cpuMillis, wanted.cpuMillis, 1) &&
    near(found.pids, wanted.pids, 1)
  );
}
