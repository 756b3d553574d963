import { createHash } from "node:crypto";

import type { Kind } from "@freehold/apis";

import { groupsOf } from "./groups.ts";
import { subresourcesOf } from "./subresources.ts";
import { VERBS } from "./verbs.ts";

/** The documents of clients that do not know aggregated discovery, and of `kubectl auth can-i`. */

/** `/api`. */
export function coreVersions(): object {
  return { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs: [] };
}

/** `/apis`. */
export function groupList(kinds: readonly Kind[]): object {
  const names = groupsOf(kinds).filter(({ name }) => name !== "");
  return { kind: "APIGroupList", apiVersion: "v1", groups: names.map(({ name }) => groupOf(kinds, name)) };
}

/** `/apis/{group}`; undefined when there is none. */
export function groupDocument(kinds: readonly Kind[], name: string): object | undefined {
  const group = groupOf(kinds, name);
  return group && { kind: "APIGroup", apiVersion: "v1", ...group };
}

/** `/api/v1` and `/apis/{group}/{version}`; undefined when there is none. */
export function resourceList(kinds: readonly Kind[], group: string, version: string): object | undefined {
  const found = groupsOf(kinds)
    .find(({ name }) => name === group)
    ?.versions.find(({ name }) => name === version);
  if (!found) return undefined;
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: group === "" ? version : `${group}/${version}`,
    resources: found.kinds.flatMap(resourcesOf),
  };
}

function groupOf(kinds: readonly Kind[], name: string): object | undefined {
  const group = groupsOf(kinds).find((one) => one.name === name);
  if (!group) return undefined;
  const versions = group.versions.map((one) => ({
    groupVersion: `${name}/${one.name}`,
    version: one.name,
  }));
  return { name, versions, preferredVersion: versions[0] };
}

function resourcesOf(kind: Kind): readonly object[] {
  const common = { namespaced: kind.scope === "Namespaced", kind: kind.kind };
  const main = {
    name: kind.plural,
    singularName: kind.singular,
    ...common,
    verbs: VERBS,
    ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
    ...(kind.categories.length > 0 && { categories: kind.categories }),
    storageVersionHash:
      createHash("sha256").update(`${kind.id}/${kind.version}`).digest("base64").slice(0, 11) + "=",
  };
  const subresources = subresourcesOf(kind).map((sub) => ({
    name: `${kind.plural}/${sub.name}`,
    singularName: "",
    ...common,
    kind: sub.kind,
    ...(sub.group !== kind.group && { group: sub.group, version: sub.version }),
    verbs: sub.verbs,
  }));
  return [main, ...subresources];
}
