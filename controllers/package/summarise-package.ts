import { type CommonStatus, isTearingDown, type ResourceOf } from "@freehold/apis";
import { archiveKind, packageKind, serviceInterfaceKind, serviceReportKind } from "@freehold/apis/package";
import { containerKind } from "@freehold/apis/workload";
import { isReady, type Outcome, readyConditionOf, type World } from "@freehold/engine";

import { archiveNameOf, machineOf, manifestText, signerAgrees } from "./derive-package.ts";

type Package = ResourceOf<typeof packageKind>;
type Archive = ResourceOf<typeof archiveKind>;
type Container = ResourceOf<typeof containerKind>;
type Report = ResourceOf<typeof serviceReportKind>;

interface Parts {
  readonly archive: Archive | undefined;
  readonly container: Container | undefined;
  readonly report: Report | undefined;
  readonly unmet: readonly string[];
}

/** How a package stands, out of what its parts say. */
export function summarisePackage(input: Package, world: World): { status: object; outcome: Outcome } {
  const { name, namespace } = input.metadata;
  const container = world.get(containerKind, name, namespace);
  const report = currentReport(world.get(serviceReportKind, name, namespace), container);
  const archive = world.get(archiveKind, archiveNameOf(input));
  const parts: Parts = { archive, container, report, unmet: unmetOf(input, report, world) };
  const outcome = machineOf(input, world)
    ? outcomeOf(input, parts)
    : ({ type: "waiting", reason: "NoMachine", message: "no machine to run on is known" } as const);
  return { status: statusOf(input, parts, { outcome, world }), outcome };
}

/** What was said in an earlier start is no longer true. */
function currentReport(report: Report | undefined, container: Container | undefined): Report | undefined {
  return report && container?.status?.starts === report.spec.start ? report : undefined;
}

function outcomeOf(input: Package, parts: Parts): Outcome {
  if (isTearingDown(input)) {
    return { type: "waiting", reason: "Removing", message: "it is being stopped and removed" };
  }
  return archiveOutcome(input, parts.archive) ?? containerOutcome(input, parts);
}

function archiveOutcome(input: Package, archive: Archive | undefined): Outcome | undefined {
  if (!archive || !isReady(archive)) {
    const condition = readyConditionOf(archive?.status);
    const stalled = archive?.status?.conditions?.some(({ type }) => type === "Stalled") ?? false;
    const message = condition?.message ?? "";
    if (condition?.reason === "NotUploaded") return { type: "waiting", reason: "NotUploaded", message };
    return stalled
      ? {
          type: "stalled",
          reason: "ArchiveFailed",
          message: `archive "${archive?.metadata.name ?? ""}": ${message}`,
        }
      : { type: "waiting", reason: "Installing", message: "the archive is being read and verified" };
  }
  if (signerAgrees(input, archive)) return undefined;
  const message = `signed by ${archive.status?.signer ?? "nobody"}, wanted ${input.spec.signer ?? ""}`;
  return { type: "stalled", reason: "SignerChanged", message };
}

function containerOutcome(input: Package, parts: Parts): Outcome {
  const { archive, container, report, unmet } = parts;
  // Until the container has been told of a change, its Ready and its health speak of what was wished before.
  const told =
    container?.spec.running === input.spec.running && container.spec.archive === archive?.metadata.name;
  if (container && !told) {
    return input.spec.running
      ? { type: "waiting", reason: "Starting", message: "the container is starting" }
      : { type: "waiting", reason: "Stopping", message: "the container is stopping" };
  }
  if (!container || !isReady(container)) return unreadyOutcome(input, parts);
  if (!input.spec.running) return { type: "ready", reason: "Stopped", message: "stopped, as wished" };
  if (unmet.length > 0) return unmetOutcome(unmet);
  const failing = Object.entries(report?.spec.health ?? {}).filter(
    ([, { result }]) => result !== "success" && result !== "disabled",
  );
  if (failing.length === 0) return { type: "ready" };
  const message = failing
    .map(([, check]) => `${check.name}: ${check.result}${said(check.message)}`)
    .join("; ");
  return { type: "waiting", reason: "HealthChecks", message };
}

function unreadyOutcome(input: Package, { container, unmet }: Parts): Outcome {
  const stalled = container?.status?.conditions?.find(({ type }) => type === "Stalled");
  // A start that fails for want of a dependency comes right by itself once that is there.
  if (stalled && input.spec.running && unmet.length > 0) return unmetOutcome(unmet);
  if (stalled) return { type: "stalled", reason: stalled.reason, message: stalled.message };
  const message = readyConditionOf(container?.status)?.message ?? "";
  return {
    type: "waiting",
    reason: "Starting",
    message: message === "" ? "the container is starting" : message,
  };
}

const unmetOutcome = (unmet: readonly string[]): Outcome => ({
  type: "waiting",
  reason: "UnmetDependency",
  message: `needs ${unmet.join(", ")}`,
});

const said = (message: string | null | undefined): string =>
  message === undefined || message === null || message === "" ? "" : ` (${message})`;

/** Dependencies that are not there or not well: `redis (not installed)`. */
function unmetOf(input: Package, report: Report | undefined, world: World): readonly string[] {
  return (report?.spec.dependencies ?? []).flatMap((need) => {
    const found = dependencyOf(input, need.id, world);
    if (!found) return [`${need.id} (not installed)`];
    if (need.kind !== "running") return [];
    if (!isReady(found) || !found.spec.running) return [`${need.id} (not running)`];
    const health =
      world.get(serviceReportKind, found.metadata.name, found.metadata.namespace)?.spec.health ?? {};
    const failing = (need.healthChecks ?? []).filter((check) => health[check]?.result !== "success");
    return failing.length > 0 ? [`${need.id} (health check ${failing.join(", ")})`] : [];
  });
}

function dependencyOf(input: Package, id: string, world: World): Container | undefined {
  const chosen = input.spec.dependencies?.[id];
  return world
    .list(containerKind)
    .find(
      ({ metadata, spec }) =>
        metadata.namespace === input.metadata.namespace &&
        (chosen === undefined ? spec.packageId === id : metadata.name === chosen),
    );
}

function statusOf(
  input: Package,
  { archive, container, report, unmet }: Parts,
  { outcome, world }: { readonly outcome: Outcome; readonly world: World },
): object {
  const installed = container && world.get(archiveKind, container.spec.archive);
  const urls = world
    .list(serviceInterfaceKind)
    .filter(
      ({ spec, metadata }) =>
        spec.package === input.metadata.name && metadata.namespace === input.metadata.namespace,
    )
    .flatMap(({ status }) => status?.urls ?? []);
  const progress = (archive?.status satisfies CommonStatus | undefined)?.progress;
  return {
    phase: phaseOf(input, outcome, container),
    ...(installed && {
      id: manifestText(installed, "id"),
      title: manifestText(installed, "title"),
      version: manifestText(installed, "version"),
      ...(installed.status?.rootHash !== undefined && { archive: installed.status.rootHash }),
    }),
    ...(container?.status?.mainStarted !== undefined && { started: container.status.mainStarted }),
    ...complaintsOf(input, { container, report, unmet }, outcome),
    ...(urls.length > 0 && { urls }),
    ...(progress && { progress }),
  };
}

/** How it fares. Of a package that is stopped as wished, these would tell of a former run. */
function complaintsOf(
  { spec }: Package,
  { container, report, unmet }: Omit<Parts, "archive">,
  outcome: Outcome,
): object {
  const error = container?.status?.error;
  const isStopped = !spec.running && outcome.type === "ready";
  return {
    ...(spec.running && report?.spec.health && { health: report.spec.health }),
    ...(spec.running && unmet.length > 0 && { unmet }),
    ...(error !== undefined && !isStopped && { error }),
  };
}

function phaseOf(input: Package, outcome: Outcome, container: Container | undefined): string {
  if (isTearingDown(input)) return "Removing";
  if (outcome.type === "stalled") return "Failed";
  if (!container) return "Installing";
  if (!input.spec.running) return outcome.type === "ready" ? "Stopped" : "Stopping";
  return container.status?.mainStarted === undefined ? "Starting" : "Running";
}
