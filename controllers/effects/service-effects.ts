import { actionKind } from "@freehold/apis/package";

import { type Effect, EffectError } from "./effect-context.ts";
import { deleteOwn, ownObjects, upsertOwn } from "./own-objects.ts";

const STATUSES = ["only-running", "only-stopped", "any"] as const;
const ACCESS = ["public", "dependent", "user"] as const;
const LONGEST_VERSION = 1000;

const getDataVersion: Effect = async (_params, { mounts, layout, caller }) =>
  (await mounts.readText(layout.dataVersion(caller.namespace, caller.name))) ?? null;

const setDataVersion: Effect = async (params, { mounts, layout, caller }) => {
  const path = layout.dataVersion(caller.namespace, caller.name);
  const version = params.optionalText("version");
  if (version !== undefined && version.length > LONGEST_VERSION) {
    throw new EffectError(
      `Cannot set the data version: it has ${version.length} characters, wanted at most ${LONGEST_VERSION}`,
    );
  }
  if (version === undefined) {
    await mounts.removeFile(path);
  } else {
    await mounts.makeDirectory(path.slice(0, path.lastIndexOf("/")), 0o700);
    await mounts.writeText(path, version, 0o600);
  }
  return null;
};

const exportAction: Effect = async (params, context) => {
  const id = params.id("id");
  const metadata = params.fields("metadata");
  const allowedStatuses = STATUSES.find((known) => known === metadata.text("allowedStatuses"));
  if (!allowedStatuses) {
    throw new EffectError(
      `Cannot export action "${id}": allowedStatuses is "${metadata.text("allowedStatuses")}"`,
    );
  }
  const access = ACCESS.find((known) => known === metadata.optionalText("access"));
  const { name } = context.caller;
  await upsertOwn(
    actionKind,
    `${name}-${id}`,
    () => ({
      package: name,
      id,
      name: metadata.text("name"),
      description: metadata.optionalText("description") ?? "",
      warning: metadata.optionalText("warning") ?? null,
      group: metadata.optionalText("group") ?? null,
      visibility: metadata.raw("visibility") ?? "enabled",
      allowedStatuses,
      hasInput: metadata.raw("hasInput") === true,
      ...(access && { access }),
    }),
    context,
  );
  return null;
};

const clearActions: Effect = async (params, context) => {
  const kept = new Set(params.list("except"));
  for (const { metadata, spec } of ownObjects(actionKind, context)) {
    if (!kept.has(spec.id)) await deleteOwn(actionKind, metadata.name, context);
  }
  return null;
};

const clearCallbacks: Effect = async (params, { callbacks, container }) => {
  const only = params.raw("only");
  const except = params.raw("except");
  if (Array.isArray(only)) callbacks.clear(container, (id) => only.includes(id));
  else if (Array.isArray(except)) callbacks.clear(container, (id) => !except.includes(id));
  else throw new EffectError('Cannot clear callbacks: wanted "only" or "except" with a list of ids');
  return null;
};

const restart: Effect = async (_params, context) => {
  context.restart();
  return null;
};

export const serviceEffects: Readonly<Record<string, Effect>> = {
  "get-data-version": getDataVersion,
  "set-data-version": setDataVersion,
  "action.export": exportAction,
  "action.clear": clearActions,
  "clear-callbacks": clearCallbacks,
  restart,
};
