import type { Kind } from "@freehold/apis";

import { authenticated, ANONYMOUS, type Identity } from "../identity.ts";

/** One question of the matrix: may this one do that. */
export interface Cell {
  readonly who: Who;
  readonly kind: Kind;
  readonly verb: string;
  readonly subresource: string | undefined;
  readonly namespace: string | undefined;
}

export const VERBS = [
  "get",
  "list",
  "watch",
  "create",
  "update",
  "patch",
  "delete",
  "deletecollection",
  "impersonate",
  "bind",
  "escalate",
] as const;
const SUBRESOURCES = [undefined, "status", "history", "finalize", "scale", "token"] as const;
/** The namespace rights are given in. */
export const HOME = "home";
const ELSEWHERE = "elsewhere";

/** Everybody there is in the matrix, by what they are. */
export const PEOPLE = {
  anonymous: ANONYMOUS,
  known: authenticated("known", []),
  viewer: authenticated("viewer", []),
  editor: authenticated("editor", []),
  admin: authenticated("home-admin", []),
  root: authenticated("root", []),
  master: authenticated("admin", ["system:masters"]),
  agent: authenticated("system:agent:m1", ["system:agents"]),
  namelessAgent: authenticated("agent", ["system:agents"]),
  package: authenticated(`system:package:${HOME}:web`, ["system:packages"]),
  namelessPackage: authenticated("web", ["system:packages"]),
  controller: authenticated("system:controller:x", ["system:controllers"]),
} as const satisfies Readonly<Record<string, Identity>>;
export type Who = keyof typeof PEOPLE;

/** Who has which ClusterRole, and where; undefined is everywhere. */
export const GIVEN: readonly { readonly who: Who; readonly role: string; readonly namespace?: string }[] = [
  { who: "viewer", role: "view", namespace: HOME },
  { who: "editor", role: "edit", namespace: HOME },
  { who: "admin", role: "admin", namespace: HOME },
  { who: "root", role: "cluster-admin" },
];

/** Every verb on every kind and subresource, by everybody, at home, elsewhere and in all namespaces. */
export function* cells(kinds: readonly Kind[]): Generator<Cell> {
  for (const kind of kinds) {
    const places = kind.scope === "Namespaced" ? [HOME, ELSEWHERE, undefined] : [undefined];
    const questions = VERBS.flatMap((verb) => SUBRESOURCES.map((subresource) => ({ verb, subresource })));
    for (const who of Object.keys(PEOPLE) as Who[]) {
      for (const question of questions) {
        yield* places.map((namespace): Cell => ({ who, kind, ...question, namespace }));
      }
    }
  }
}
