import { isApiError, pathOf, type Transport } from "@freehold/client";

import { type Fields, fieldsOf, listOf } from "../json.ts";
import type { Placed } from "./place-manifest.ts";
import { type ApplyPlan, planApply } from "./plan-apply.ts";

/** The name kubectl's own apply writes under: both are one writer, or each would fight for the other's fields. */
const FIELD_MANAGER = "kubectl-client-side-apply";
const ATTEMPTS = 5;

export interface ApplyOptions {
  readonly transport: Transport;
  readonly dryRun: "none" | "client" | "server";
  readonly annotate: boolean;
  /** With a dry run on the server: ask what it would do to other objects. */
  readonly effects?: boolean;
  readonly signal: AbortSignal;
}

export interface Applied {
  readonly did: "created" | "configured" | "unchanged";
  /** As the server answered; with a dry run on the client, as it is or as it would be created. */
  readonly object: Fields;
  /** As it was before. */
  readonly before: Fields | undefined;
  /** False when a former object had been made in another way. */
  readonly wasApplied: boolean;
  /** What would become of other objects, when that was asked. */
  readonly effects?: readonly Fields[];
}

/** Makes one object as its manifest says. Throws ApiError. */
export async function applyObject(placed: Placed, options: ApplyOptions): Promise<Applied> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await readLive(placed, options);
    const plan = planApply(placed.object, before, options.annotate);
    try {
      return await carryOut(plan, placed, before, options);
    } catch (error) {
      // Somebody was faster; what is to be done must be found again from what is there now.
      const isRace = isApiError(error, "Conflict") || isApiError(error, "Exists");
      if (!isRace || attempt >= ATTEMPTS) throw error;
    }
  }
}

async function readLive(
  { kind, name, namespace }: Placed,
  { transport, signal }: ApplyOptions,
): Promise<Fields | undefined> {
  try {
    return fieldsOf(await transport.json({ method: "GET", path: pathOf(kind, { name, namespace }), signal }));
  } catch (error) {
    if (isApiError(error, "NotFound")) return undefined;
    throw error;
  }
}

async function carryOut(
  plan: ApplyPlan,
  { kind, name, namespace, object }: Placed,
  before: Fields | undefined,
  { transport, dryRun, signal, effects }: ApplyOptions,
): Promise<Applied> {
  const query = {
    effects: effects === true ? "true" : undefined,
    fieldManager: FIELD_MANAGER,
    fieldValidation: "Strict",
    dryRun: dryRun === "server" ? "All" : undefined,
  };
  const common = { before, wasApplied: true };
  switch (plan.do) {
    case "nothing":
      return { ...common, did: "unchanged", object: before ?? object };
    case "create": {
      if (dryRun === "client") return { ...common, did: "created", object: plan.object };
      const path = pathOf(kind, { namespace }, query);
      const created = await transport.json({ method: "POST", path, body: plan.object, signal });
      return { ...common, did: "created", ...readAnswer(created) };
    }
    case "patch": {
      const did = { ...common, did: "configured", wasApplied: plan.wasApplied } as const;
      if (dryRun === "client") return { ...did, object: before ?? object };
      const path = pathOf(kind, { name, namespace }, query);
      const contentType = "application/merge-patch+json";
      const patched = await transport.json({ method: "PATCH", path, body: plan.patch, contentType, signal });
      return { ...did, ...readAnswer(patched) };
    }
  }
}

/** A server that was asked for effects answers with a Plan; one that knows none of that, with the object. */
function readAnswer(answer: unknown): Pick<Applied, "object" | "effects"> {
  const fields = fieldsOf(answer);
  if (fields["kind"] !== "Plan") return { object: fields };
  return { object: fieldsOf(fields["object"]), effects: listOf(fields["effects"]).map(fieldsOf) };
}
