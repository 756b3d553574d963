import type { Kind } from "@freehold/apis";

import { type FieldsV1, fieldsAt } from "../apply/fields-v1.ts";
import { objectView } from "../apply/schema-view.ts";
import type { TypeView } from "../apply/type-view.ts";
import { singleVersion, type Versions } from "../apply/versions.ts";
import { openApiSchema } from "../openapi/schema.ts";
import type { Endpoint } from "./validate.ts";

const views = new WeakMap<Kind, TypeView>();

/** How a kind's objects are split among managers; found once per kind. */
export function viewOf(kind: Kind): TypeView {
  const known = views.get(kind);
  if (known) return known;
  const properties = Object.entries(kind.properties).map(([name, schema]) => [name, openApiSchema(schema)]);
  const view = objectView({ type: "object", properties: Object.fromEntries(properties) });
  views.set(kind, view);
  return view;
}

/** The versions a kind's fields may be managed in: its own. */
export function versionsOf(kind: Kind): Versions {
  return singleVersion(kind.apiVersion, viewOf(kind));
}

/** What an endpoint does not write, and so gives nobody. */
export function ignoredBy(kind: Kind, endpoint: Endpoint): FieldsV1 {
  if (endpoint === "main") {
    // A namespace's spec is written through its finalize endpoint alone.
    const others = [...(kind.hasStatus ? ["status"] : []), ...(kind.id === "Namespace" ? ["spec"] : [])];
    return fieldsAt(...others.map((name) => [name]));
  }
  const written = endpoint === "status" ? "status" : "spec";
  const members = ["metadata", ...Object.keys(kind.properties)];
  return fieldsAt(...members.filter((name) => name !== written).map((name) => [name]));
}
