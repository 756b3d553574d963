import type { Resource } from "@freehold/apis";

import type { ListResult } from "../registry/list.ts";
import { type IncludeObject, partialMetadata, tableOf } from "../table/table.ts";
import type { Call } from "./call.ts";
import type { Representation } from "./negotiate.ts";
import type { Reply } from "./reply.ts";

/** One object, as the client wants it. */
export function renderObject(call: Call, as: Representation, resource: Resource, status = 200): Reply {
  return { status, encoding: as.encoding, body: bodyOf(call, as, resource) };
}

/** A list, as the client wants it. */
export function renderList(call: Call, as: Representation, list: ListResult): Reply {
  const metadata = {
    resourceVersion: list.resourceVersion,
    ...(list.continueToken !== undefined && { continue: list.continueToken }),
    ...(list.remainingItemCount !== undefined && { remainingItemCount: list.remainingItemCount }),
  };
  const reply = (body: unknown): Reply => ({ status: 200, encoding: as.encoding, body });
  switch (as.form) {
    case "table":
      return reply(tableOf(call.kind, list.items, { metadata, ...tableOptions(call, as) }));
    case "partial":
      return reply({
        kind: "PartialObjectMetadataList",
        apiVersion: `meta.k8s.io/${as.version}`,
        metadata,
        items: list.items.map((item) => partialMetadata(item, as.version)),
      });
    case "object":
      return reply({
        kind: `${call.kind.kind}List`,
        apiVersion: call.kind.apiVersion,
        metadata,
        items: list.items,
      });
  }
}

/** One object as it appears in replies and in the frames of a watch. */
export function bodyOf(call: Call, as: Representation, resource: Resource): unknown {
  switch (as.form) {
    case "table": {
      const { resourceVersion } = resource.metadata;
      return tableOf(call.kind, [resource], { metadata: { resourceVersion }, ...tableOptions(call, as) });
    }
    case "partial":
      return partialMetadata(resource, as.version);
    case "object":
      return resource;
  }
}

function tableOptions({ request, now }: Call, { version }: Representation) {
  const wanted = request.query.get("includeObject");
  const includeObject: IncludeObject = wanted === "None" || wanted === "Object" ? wanted : "Metadata";
  return { includeObject, version, now };
}
