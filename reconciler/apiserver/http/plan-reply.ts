import type { Resource } from "@freehold/apis";

import { badRequest } from "../errors/request-errors.ts";
import { fieldChanges } from "../history/field-changes.ts";
import type { ObjectChange } from "../history/record-change.ts";
import { wishOf } from "../history/wish-of.ts";
import { isObject } from "../json/json-object.ts";
import { isSet } from "./api-request.ts";
import type { Call } from "./call.ts";
import type { Reply } from "./reply.ts";

/** Tells what a change would do to other objects. */
export type Foresight = (change: ObjectChange) => Promise<readonly ObjectChange[]>;

/** Whether a dry run is also to tell its effects: `?dryRun=All&effects=true`. Throws 400 for effects without a dry run. */
export function wantsEffects({ request: { query } }: Pick<Call, "request">): boolean {
  if (!isSet(query, "effects")) return false;
  if (query.getAll("dryRun").includes("All")) return true;
  throw badRequest('Cannot tell effects: only a dry run does, with "dryRun=All"');
}

/** A dry run's reply, with the list of what the change would do to other objects. */
export async function planReply(
  call: Call,
  before: Resource | undefined,
  reply: Reply,
  foresee: Foresight,
): Promise<Reply> {
  if (reply.status >= 300 || !isObject(reply.body)) return reply;
  const object = resourceIn(reply.body);
  const after = object?.metadata.deletionTimestamp === undefined ? object : undefined;
  const effects = await foresee({ kind: call.kind, before, after });
  return {
    ...reply,
    body: {
      kind: "Plan",
      apiVersion: "plan.freehold.dev/v1",
      object: reply.body,
      effects: effects.map(effectOf),
    },
  };
}

/** The dry run of a deletion may answer with a Status. */
function resourceIn(body: object): Resource | undefined {
  const isStatus = Reflect.get(body, "kind") === "Status" && Reflect.get(body, "status") === "Success";
  // Every other reply of a successful write is the object that was asked for.
  return isStatus ? undefined : (body as Resource);
}

function effectOf({ kind, before, after }: ObjectChange): object {
  const { name, namespace } = (after ?? before)?.metadata ?? { name: "" };
  const common = {
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    name,
    ...(namespace !== undefined && { namespace }),
  };
  if (!before) return { verb: "create", ...common };
  if (!after) return { verb: "delete", ...common };
  const changes = fieldChanges(flat(before), flat(after));
  const restarts = changes.some(({ path }) => kind.restarts.some((part) => isBelow(path, part)));
  return { verb: "update", ...common, changes, ...(restarts && { restarts }) };
}

function flat(resource: Resource): object {
  const { members, ...meta } = wishOf(resource);
  return { ...meta, ...members };
}

function isBelow(path: string, part: string): boolean {
  return path === part || path.startsWith(`${part}.`) || path.startsWith(`${part}[`);
}
