import { pathOf } from "@freehold/client";

import type { ServedKind } from "../connection/discovery.ts";
import type { Session } from "../connection/session.ts";
import { field, type Fields, fieldsOf, listOf, textOf } from "../json.ts";

/** Events about an object, oldest first. Those of objects without a namespace are kept in the default one. */
export async function eventsOf(
  session: Session,
  kind: ServedKind,
  object: Fields,
): Promise<readonly Fields[]> {
  const text = (name: string): string => textOf(field(object, "metadata", name)) ?? "";
  const fieldSelector = `involvedObject.name=${text("name")},involvedObject.uid=${text("uid")}`;
  const path = pathOf(kind, { namespace: text("namespace") || "default" }, { fieldSelector });
  const answer = await session.transport.json({ method: "GET", path });
  return listOf(field(answer, "items"))
    .map(fieldsOf)
    .toSorted((a, b) => ((textOf(a["lastTimestamp"]) ?? "") < (textOf(b["lastTimestamp"]) ?? "") ? -1 : 1));
}
