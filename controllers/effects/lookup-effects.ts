import type { ResourceOf } from "@freehold/apis";
import { archiveKind, packageKind, serviceReportKind } from "@freehold/apis/package";
import { machineKind } from "@freehold/apis/system";
import { containerKind } from "@freehold/apis/workload";
import { isReady } from "@freehold/engine";

import { addressOf } from "../network/subnet.ts";
import { type Effect, type EffectContext, EffectError } from "./effect-context.ts";

type Container = ResourceOf<typeof containerKind>;

/** The container of another package of the namespace, by the id the caller knows it by; its own without an id. */
function containerOf(packageId: string | undefined, { world, caller }: EffectContext): Container | undefined {
  if (packageId === undefined || packageId === caller.packageId) {
    return world.get(containerKind, caller.name, caller.namespace);
  }
  const chosen = world.get(packageKind, caller.name, caller.namespace)?.spec.dependencies?.[packageId];
  return world
    .list(containerKind)
    .find(
      ({ metadata, spec }) =>
        metadata.namespace === caller.namespace &&
        (chosen === undefined ? spec.packageId === packageId : metadata.name === chosen),
    );
}

/** A package may know of those it declared a dependency on, and of itself. */
function requireDependency(packageId: string | undefined, { world, caller }: EffectContext): void {
  if (packageId === undefined || packageId === caller.packageId) return;
  const declared = world.get(serviceReportKind, caller.name, caller.namespace)?.spec.dependencies ?? [];
  if (!declared.some(({ id }) => id === packageId)) {
    throw new EffectError(
      `Cannot look at "${packageId}": "${caller.packageId}" did not declare it as a dependency`,
    );
  }
}

const getContainerIp: Effect = async (params, context) => {
  const packageId = params.optionalText("packageId");
  requireDependency(packageId, context);
  const { callbacks, container } = context;
  callbacks.register(container, params.callback(), containerKind, () => true);
  return containerOf(packageId, context)?.spec.ipv4 ?? null;
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
  const { world, callbacks, container } = context;
  callbacks.register(container, params.callback(), archiveKind, () => true);
  const found = containerOf(packageId, context);
  const archive = found && world.get(archiveKind, found.spec.archive);
  if (archive?.status?.manifest === undefined) {
    throw new EffectError(`Cannot give the manifest of "${packageId}": it is not installed`);
  }
  return archive.status.manifest;
};

const getStatus: Effect = async (params, context) => {
  const packageId = params.optionalText("packageId");
  requireDependency(packageId, context);
  const { world, callbacks, container } = context;
  const id = params.callback();
  callbacks.register(container, id, serviceReportKind, () => true);
  callbacks.register(container, id, containerKind, () => true);
  const found = containerOf(packageId, context);
  if (!found) return null;
  const report = world.get(serviceReportKind, found.metadata.name, found.metadata.namespace);
  return {
    health: report?.spec.health ?? {},
    error:
      found.status?.error === undefined ? null : { details: found.status.error, debug: null, info: null },
    started: found.status?.mainStarted ?? null,
    desired: { main: found.spec.running ? "running" : "stopped" },
  };
};

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
