import { bindingKind } from "@freehold/apis/network";
import { serviceInterfaceKind } from "@freehold/apis/package";

import { type Effect, EffectError, EffectParams } from "./effect-context.ts";
import { deleteOwn, ownObjects, upsertOwn } from "./own-objects.ts";

const INTERFACE_TYPES = ["ui", "api", "p2p"] as const;

/** Wishes for a port outside; the port itself is given by the binding's controller. */
const bind: Effect = async (params, context) => {
  const hostId = params.id("id");
  const internalPort = params.port("internalPort");
  const preferredExternalPort = params.port("preferredExternalPort");
  const { name } = context.caller;
  const addSsl = params.raw("addSsl");
  const secure = params.raw("secure");
  await upsertOwn(
    bindingKind,
    `${name}-${hostId}-${internalPort}`,
    () => ({
      package: name,
      hostId,
      internalPort,
      preferredExternalPort,
      ...(isGiven(addSsl) && { addSsl }),
      ...(isGiven(secure) && { secure }),
      enabled: true,
    }),
    context,
  );
  return null;
};

/** Others than these serve no longer, but keep their ports. */
const clearBindings: Effect = async (params, context) => {
  const kept = new Set(
    params.list("except").map((item) => {
      const fields = new EffectParams("clear-bindings.except", item);
      return `${fields.text("id")} ${fields.port("internalPort")}`;
    }),
  );
  for (const { metadata, spec } of ownObjects(bindingKind, context)) {
    if (kept.has(`${spec.hostId} ${spec.internalPort}`) || !spec.enabled) continue;
    await upsertOwn(bindingKind, metadata.name, (known) => ({ ...(known ?? spec), enabled: false }), context);
  }
  return null;
};

const exportServiceInterface: Effect = async (params, context) => {
  const id = params.id("id");
  const address = params.fields("addressInfo");
  const type = INTERFACE_TYPES.find((known) => known === params.text("type"));
  if (!type) {
    throw new EffectError(
      `Cannot export interface "${id}": type is "${params.text("type")}", wanted ui, api or p2p`,
    );
  }
  const { name } = context.caller;
  const description = params.optionalText("description");
  await upsertOwn(
    serviceInterfaceKind,
    `${name}-${id}`,
    () => ({
      package: name,
      id,
      name: params.text("name"),
      ...(description !== undefined && { description }),
      type,
      masked: params.raw("masked") === true,
      hostId: address.id("hostId"),
      internalPort: address.port("internalPort"),
      scheme: address.optionalText("scheme") ?? null,
      sslScheme: address.optionalText("sslScheme") ?? null,
      username: address.optionalText("username") ?? null,
      suffix: address.optionalText("suffix") ?? "",
    }),
    context,
  );
  return null;
};

const clearServiceInterfaces: Effect = async (params, context) => {
  const kept = new Set(params.list("except"));
  for (const { metadata, spec } of ownObjects(serviceInterfaceKind, context)) {
    if (!kept.has(spec.id)) await deleteOwn(serviceInterfaceKind, metadata.name, context);
  }
  return null;
};

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

export const networkEffects: Readonly<Record<string, Effect>> = {
  bind,
  "clear-bindings": clearBindings,
  "export-service-interface": exportServiceInterface,
  "clear-service-interfaces": clearServiceInterfaces,
};
