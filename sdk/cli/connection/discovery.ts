import type { Transport } from "@freehold/client";

import { field, fieldsOf, listOf, textOf } from "../json.ts";

/** A kind as the server serves it. */
export interface ServedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly scope: "Namespaced" | "Cluster";
  readonly verbs: readonly string[];
  readonly hasStatus: boolean;
}

const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";

/** Every kind of the server, each in every version, preferred versions first. */
export async function discover(transport: Transport): Promise<readonly ServedKind[]> {
  const lists = await Promise.all(
    ["/api", "/apis"].map((path) => transport.json({ method: "GET", path, accept: AGGREGATED })),
  );
  return lists.flatMap((list) => listOf(field(list, "items")).flatMap(kindsOfGroup));
}

function kindsOfGroup(item: unknown): readonly ServedKind[] {
  const group = textOf(field(item, "metadata", "name")) ?? "";
  return listOf(field(item, "versions")).flatMap((version) =>
    listOf(field(version, "resources")).map((resource) =>
      servedKind(group, textOf(field(version, "version")) ?? "", resource),
    ),
  );
}

function servedKind(group: string, version: string, resource: unknown): ServedKind {
  const texts = (name: string): readonly string[] => listOf(field(resource, name)).map(String);
  const plural = textOf(field(resource, "resource")) ?? "";
  const kind = textOf(field(resource, "responseKind", "kind")) ?? "";
  return {
    group,
    version,
    kind,
    plural,
    singular: textOf(field(resource, "singularResource")) || kind.toLowerCase(),
    shortNames: texts("shortNames"),
    categories: texts("categories"),
    scope: field(resource, "scope") === "Namespaced" ? "Namespaced" : "Cluster",
    verbs: texts("verbs"),
    hasStatus: listOf(field(resource, "subresources")).some(
      (sub) => fieldsOf(sub)["subresource"] === "status",
    ),
  };
}

export function apiVersionOf({ group, version }: ServedKind): string {
  return group === "" ? version : `${group}/${version}`;
}

/** `package.package.freehold.dev`, as messages name a kind. */
export function qualified({ singular, group }: ServedKind): string {
  return group === "" ? singular : `${singular}.${group}`;
}

/** `packages.package.freehold.dev`. */
export function qualifiedPlural({ plural, group }: ServedKind): string {
  return group === "" ? plural : `${plural}.${group}`;
}
