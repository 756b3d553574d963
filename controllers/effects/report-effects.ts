import type { ResourceOf } from "@freehold/apis";
import { serviceReportKind } from "@freehold/apis/package";

import { type Effect, type EffectContext, EffectError, EffectParams } from "./effect-context.ts";
import { upsertOwn } from "./own-objects.ts";

type Report = ResourceOf<typeof serviceReportKind>["spec"];

const RESULTS = new Set(["success", "disabled", "starting", "waiting", "loading", "failure"]);

const setHealth: Effect = async (params, context) => {
  const id = params.text("id");
  const result = params.text("result");
  if (!RESULTS.has(result)) {
    throw new EffectError(
      `Cannot set health "${id}": result is "${result}", wanted ${[...RESULTS].join(", ")}`,
    );
  }
  const message = params.optionalText("message");
  const check = { name: params.text("name"), result, ...(message !== undefined && { message }) };
  await report((known) => ({ ...known, health: { ...known.health, [id]: check } }), context);
  return null;
};

const setDependencies: Effect = async (params, context) => {
  const dependencies = params.list("dependencies").map((item) => {
    const fields = new EffectParams("set-dependencies.dependencies", item);
    const kind = fields.text("kind");
    const checks = kind === "running" ? (fields.raw("healthChecks") ?? []) : [];
    return {
      id: fields.id("id"),
      kind,
      versionRange: fields.text("versionRange"),
      healthChecks: Array.isArray(checks) ? checks.map(String) : [],
    };
  });
  await report((known) => ({ ...known, dependencies }), context);
  return null;
};

const getDependencies: Effect = async (_params, { world, caller }) => {
  const known = world.get(serviceReportKind, caller.name, caller.namespace);
  return (known?.spec.dependencies ?? []).map(({ kind, healthChecks, ...rest }) =>
    kind === "running" ? { kind, healthChecks: healthChecks ?? [], ...rest } : { kind, ...rest },
  );
};

/** Progress is shown by what the agent itself counts; what the package says is checked, and answered as the ABI wants. */
const takeProgress: Effect = async (params) => {
  params.fields("progress");
  return null;
};

/** Changes the report; what was said of health in an earlier start is forgotten. */
async function report(change: (known: Report) => Report, context: EffectContext): Promise<void> {
  const state = await context.containers.container(context.container);
  const start = state?.starts ?? 0;
  const { name } = context.caller;
  await upsertOwn(
    serviceReportKind,
    name,
    (known) => {
      const fresh: Report = { package: name, start, health: {}, dependencies: known?.dependencies ?? [] };
      return change(known?.start === start ? known : fresh);
    },
    context,
  );
}

/** The main begins or ends: what was said of health before is true no longer. */
const setMainStatus: Effect = async (params, context) => {
  const status = params.text("status");
  if (status !== "running" && status !== "stopped") {
    throw new EffectError(`Cannot set the main's status: status is "${status}", wanted running or stopped`);
  }
  await report((known) => ({ ...known, health: {} }), context);
  return null;
};

export const reportEffects: Readonly<Record<string, Effect>> = {
  "set-health": setHealth,
  "set-dependencies": setDependencies,
  "set-main-status": setMainStatus,
  "get-dependencies": getDependencies,
  "set-init-progress": takeProgress,
  "set-backup-progress": takeProgress,
};
