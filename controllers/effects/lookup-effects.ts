import { archiveKind, serviceReportKind } from "@freehold/apis/package";
import { machineKind } from "@freehold/apis/system";
import { containerKind } from "@freehold/apis/workload";
import { isReady } from "@freehold/engine";

import { addressOf } from "../network/subnet.ts";
import { type Effect, type EffectContext, EffectError, type EffectParams } from "./effect-context.ts";
import { containerOf, requireDependency } from "./find-other.ts";

const asker = (
  params: EffectParams,
  { container }: EffectContext,
): { container: string; id: number | undefined } => ({
  container,
  id: params.callback(),
});

const getContainerIp: Effect = async (params, context) => {
  const packageId = params.optionalText("packageId");
  requireDependency(packageId, context);
  return context.callbacks.watch(
    asker(params, context),
    [containerKind],
    () => containerOf(packageId, context)?.spec.ipv4 ?? null,
  );
};

const getOsIp: Effect = async (_params, context) => {
  const own = containerOf(undefined, context);
  const machine = own && context.world.get(machineKind, own.spec.machine);
  if (!machine) throw new EffectError("Cannot tell the server's address: the machine is not known");
  return addressOf(machine.spec.bridgeCidr);
};

const getInstalledPackages: Effect = async (_params, { world, caller }) =>
  world
    .list(containerKind)
    .filter(({ metadata }) => metadata.namespace === caller.namespace)
    .map(({ spec }) => spec.packageId)
    .toSorted();

const getServiceManifest: Effect = async (params, context) => {
  const packageId = params.text("packageId");
  requireDependency(packageId, context);
  const manifest = context.callbacks.watch(asker(params, context), [archiveKind, containerKind], () => {
    const found = containerOf(packageId, context);
    return found && context.world.get(archiveKind, found.spec.archive)?.status?.manifest;
  });
  if (manifest === undefined) {
    throw new EffectError(`Cannot give the manifest of "${packageId}": it is not installed`);
  }
  return manifest;
};

const getStatus: Effect = async (params, context) => {
  const packageId = params.optionalText("packageId");
  requireDependency(packageId, context);
  return context.callbacks.watch(asker(params, context), [serviceReportKind, containerKind], () =>
    statusOf(packageId, context),
  );
};

/** The package ABI's `StatusInfo`; null when it is not installed. */
function statusOf(packageId: string | undefined, context: EffectContext): object | null {
  const found = containerOf(packageId, context);
  if (!found) return null;
  const report = context.world.get(serviceReportKind, found.metadata.name, found.metadata.namespace);
  const error = found.status?.error;
  return {
    health: report?.spec.health ?? {},
    error: error === undefined ? null : { details: error, debug: null, info: null },
    started: found.status?.mainStarted ?? null,
    desired: { main: found.spec.running ? "running" : "stopped" },
  };
}

const checkDependencies: Effect = async (params, context) => {
  const { world, caller } = context;
  const asked = params.raw("packageIds");
  const declared = world.get(serviceReportKind, caller.name, caller.namespace)?.spec.dependencies ?? [];
  return declared
    .filter(({ id }) => !Array.isArray(asked) || asked.includes(id))
    .map(({ id }) => {
      const found = containerOf(id, context);
      const archive = found && world.get(archiveKind, found.spec.archive);
      const manifest: object = Object(archive?.status?.manifest);
      const health = found && world.get(serviceReportKind, found.metadata.name, found.metadata.namespace);
      return {
        packageId: id,
        title: Reflect.get(manifest, "title") ?? null,
        installedVersion: Reflect.get(manifest, "version") ?? null,
        satisfies: Reflect.get(manifest, "satisfies") ?? [],
        isRunning: found !== undefined && isReady(found) && found.status?.mainStarted !== undefined,
        tasks: {},
        healthChecks: health?.spec.health ?? {},
      };
    });
};

/** No relay can be configured yet, which is what null says. */
const getSystemSmtp: Effect = async () => null;

export const lookupEffects: Readonly<Record<string, Effect>> = {
  "get-container-ip": getContainerIp,
  "get-os-ip": getOsIp,
  "get-installed-packages": getInstalledPackages,
  "get-service-manifest": getServiceManifest,
  "get-status": getStatus,
  "check-dependencies": checkDependencies,
  "get-system-smtp": getSystemSmtp,
};
