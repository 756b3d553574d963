import type { Kind } from "@freehold/apis";

import { type FieldsV1, fieldsAt } from "../apply/fields-v1.ts";
import { objectView } from "../apply/schema-view.ts";
import type { TypeView } from "../apply/type-view.ts";
import { singleVersion, type Versions } from "../apply/versions.ts";
import { customOf } from "../crd/custom-kind.ts";
import { openApiSchema } from "../openapi/schema.ts";
import type { Endpoint } from "./validate.ts";

/** What server-side apply must know of a kind. */
export interface KindOwnership {
  /** How its objects are split among managers. */
  readonly view: TypeView;
  /** The versions its fields may be managed in: its own. */
  readonly versions: Versions;
  /** What an endpoint does not write, and so gives nobody. */
  readonly ignored: Readonly<Record<Endpoint, FieldsV1>>;
}

const known = new WeakMap<Kind, KindOwnership>();

/** Found once per kind. */
export function ownershipOf(kind: Kind): KindOwnership {
  const found = known.get(kind) ?? describe(kind);
  known.set(kind, found);
  return found;
}

function describe(kind: Kind): KindOwnership {
  const view = viewOf(kind);
  // A namespace's spec is written through its finalize endpoint alone.
  const elsewhere = [...(kind.hasStatus ? ["status"] : []), ...(kind.id === "Namespace" ? ["spec"] : [])];
  const members = ["metadata", ...Object.keys(kind.properties)];
  const allBut = (written: string): FieldsV1 => fieldsOf(members.filter((name) => name !== written));
  return {
    view,
    versions: versionsOf(kind, view),
    ignored: {
      main: fieldsOf(elsewhere),
      status: allBut("status"),
      finalize: allBut("spec"),
      scale: fieldsOf(["metadata", "status"]),
    },
  };
}

function viewOf(kind: Kind): TypeView {
  const custom = customOf(kind);
  if (custom) return objectView(custom.schema);
  const properties = Object.entries(kind.properties).map(([name, schema]) => [name, openApiSchema(schema)]);
  return objectView({ type: "object", properties: Object.fromEntries(properties) });
}

/** Fields of a custom kind may be managed in any of its versions. */
function versionsOf(kind: Kind, view: TypeView): Versions {
  const custom = customOf(kind);
  if (!custom) return singleVersion(kind.apiVersion, view);
  const views = new Map<string, TypeView>();
  return {
    viewOf: (apiVersion) => {
      const schema = custom.versions.get(apiVersion);
      if (!schema) return undefined;
      const found = views.get(apiVersion) ?? objectView(schema);
      views.set(apiVersion, found);
      return found;
    },
    convert: (object, apiVersion) =>
      object["apiVersion"] === apiVersion ? object : custom.converter.convertNow(object, apiVersion),
  };
}

function fieldsOf(members: readonly string[]): FieldsV1 {
  return fieldsAt(...members.map((name) => [name]));
}
