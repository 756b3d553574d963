import type { Transport } from "@freehold/client";

import { field, type Fields, fieldsOf, listOf, textOf } from "../json.ts";
import { apiVersionOf, type ServedKind } from "./discovery.ts";
import { type Query, queryPath } from "./query.ts";

/** Every object that is meant, page by page, and the revision that was read. */
export async function listAll(
  transport: Transport,
  kind: ServedKind,
  query: Query,
  signal: AbortSignal,
): Promise<{ items: readonly Fields[]; resourceVersion: string }> {
  const items: Fields[] = [];
  let next: string | undefined;
  let resourceVersion = "";
  do {
    const path = queryPath(kind, query, undefined, { limit: "500", continue: next });
    const page = await transport.json({ method: "GET", path, signal });
    // Items of a list may leave out what the list says of all of them.
    const common = { apiVersion: apiVersionOf(kind), kind: kind.kind };
    items.push(...listOf(field(page, "items")).map((item) => ({ ...common, ...fieldsOf(item) })));
    resourceVersion = textOf(field(page, "metadata", "resourceVersion")) ?? "";
    next = textOf(field(page, "metadata", "continue")) || undefined;
  } while (next !== undefined);
  return { items, resourceVersion };
}
