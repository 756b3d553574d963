import { pathOf, type Transport } from "@freehold/client";

import { CliError, exitCodes } from "../cli-error.ts";
import { qualified, type ServedKind } from "../connection/discovery.ts";
import { field, type Fields, fieldsOf, isFields, listOf, numberOf, textOf } from "../json.ts";

/** Names one object of a kind. */
export interface ObjectName {
  readonly kind: ServedKind;
  readonly name: string;
  readonly namespace: string | undefined;
}

export interface ReadChange {
  readonly path: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** A kept change, as the server's `history` subresource gives it. */
export interface ReadRevision {
  readonly revision: string;
  readonly time: string;
  readonly verb: string;
  readonly user: string;
  readonly manager: string;
  readonly from: string;
  readonly uid: string;
  readonly generation: number | undefined;
  /** Undefined where there is nothing to compare with. */
  readonly changes: readonly ReadChange[] | undefined;
  /** labels, annotations and the members beside metadata. */
  readonly object: Fields;
}

/** Newest first. Throws CliError when nothing is kept. */
export async function readRevisions(
  transport: Transport,
  target: ObjectName,
  signal: AbortSignal,
): Promise<readonly ReadRevision[]> {
  const { kind, name, namespace } = target;
  const path = `${pathOf(kind, { name, namespace })}/history`;
  const answer = await transport.json({ method: "GET", path, signal });
  const revisions = listOf(field(answer, "items")).filter(isFields).map(revisionOf);
  if (revisions.length > 0) return revisions;
  throw new CliError(`no change of ${qualified(kind)} "${name}" is kept`, {
    exitCode: exitCodes.notFound,
    next: "check the name; changes are kept for 90 days, and not of derived kinds",
  });
}

/** The one with the number. Throws CliError. */
export function revisionNumbered(
  revisions: readonly ReadRevision[],
  wanted: string,
  { kind, name }: ObjectName,
): ReadRevision {
  const found = revisions.find(({ revision }) => revision === wanted);
  if (found) return found;
  throw new CliError(`${qualified(kind)} "${name}" has no revision ${wanted}`, {
    exitCode: exitCodes.notFound,
    next: `see those it has with: freehold history ${kind.singular} ${name}`,
  });
}

function revisionOf(item: Fields): ReadRevision {
  const text = (name: string): string => textOf(item[name]) ?? "";
  const changes = item["changes"];
  return {
    revision: text("revision"),
    time: text("time"),
    verb: text("verb"),
    user: text("user"),
    manager: text("manager"),
    from: text("from"),
    uid: text("uid"),
    generation: numberOf(item["generation"]),
    changes: Array.isArray(changes) ? changes.map(changeOf) : undefined,
    object: fieldsOf(item["object"]),
  };
}

function changeOf(item: unknown): ReadChange {
  const { path, from, to } = fieldsOf(item);
  return { path: textOf(path) ?? "", from, to };
}
