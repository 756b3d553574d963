import type { Kind } from "@freehold/apis";

import { groupsOf } from "./groups.ts";
import { subresourcesOf } from "./subresources.ts";
import { VERBS } from "./verbs.ts";

/** apidiscovery.k8s.io: all resources in two documents, `/api` for the core group and `/apis` for the rest. */
export function aggregatedDiscovery(kinds: readonly Kind[], core: boolean, version: string): object {
  const groups = groupsOf(kinds).filter(({ name }) => (name === "") === core);
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map((group) => ({
      metadata: { name: group.name, creationTimestamp: null },
      versions: group.versions.map((one) => ({
        version: one.name,
        freshness: "Current",
        resources: one.kinds.map(resourceOf),
      })),
    })),
  };
}

function resourceOf(kind: Kind): object {
  const subresources = subresourcesOf(kind);
  const responseKind = { group: kind.group, version: kind.version, kind: kind.kind };
  return {
    resource: kind.plural,
    responseKind,
    scope: kind.scope === "Cluster" ? "Cluster" : "Namespaced",
    singularResource: kind.singular,
    verbs: VERBS,
    ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
    ...(kind.categories.length > 0 && { categories: kind.categories }),
    ...(subresources.length > 0 && {
      subresources: subresources.map(({ name, group, version, kind: of, verbs }) => ({
        subresource: name,
        responseKind: { group, version, kind: of },
        verbs,
      })),
    }),
  };
}
