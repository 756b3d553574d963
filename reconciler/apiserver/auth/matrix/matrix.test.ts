import { builtInKinds, type Kind, type Resource } from "@freehold/apis";
import {
  type ClusterRole,
  clusterRoleBindingKind,
  clusterRoleKind,
  type RoleBinding,
  roleBindingKind,
  type Subject,
} from "@freehold/apis/rbac";
import { describe, expect, it } from "vitest";

import { Access } from "../access.ts";
import { wishFor } from "../attributes.ts";
import { bootstrapBindings, bootstrapRoles } from "../rbac/bootstrap-roles.ts";
import { gatheredRules } from "../rbac/gathered-rules.ts";
import { RoleIndex } from "../rbac/role-index.ts";
import { type Cell, cells, GIVEN, PEOPLE } from "./cells.ts";
import { wanted } from "./wanted.ts";

const API = { apiVersion: clusterRoleKind.apiVersion, spec: undefined };

/** The roles of the start as the server would have them, once they have gathered what they gather. */
function bootstrapped(): readonly ClusterRole[] {
  let roles = bootstrapRoles(builtInKinds).map(({ name, rules, labels, gathers }): ClusterRole => ({
    ...API,
    kind: "ClusterRole",
    metadata: { name, ...(labels && { labels: { ...labels } }) },
    rules: [...rules],
    ...(gathers !== undefined && {
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [gathers]: "true" } }] },
    }),
  }));
  for (let round = 0; round < 3; round += 1) {
    roles = roles.map((role) =>
      role.aggregationRule ? { ...role, rules: [...gatheredRules(role, roles)] } : role,
    );
  }
  return roles;
}

function index(): RoleIndex {
  const found = new RoleIndex();
  for (const role of bootstrapped()) found.put(role);
  const give = (metadata: Resource["metadata"], subject: Subject, role: string): void => {
    const kind = metadata.namespace === undefined ? clusterRoleBindingKind.kind : roleBindingKind.kind;
    const roleRef = { apiGroup: clusterRoleKind.group, kind: "ClusterRole" as const, name: role };
    const binding: RoleBinding = { ...API, kind, metadata, subjects: [subject], roleRef };
    found.put(binding);
  };
  for (const { role, groups } of bootstrapBindings) {
    for (const name of groups) give({ name: `${role}-${name}` }, { kind: "Group", name }, role);
  }
  for (const { who, role, namespace } of GIVEN) {
    const metadata = { name: `given-${who}`, ...(namespace !== undefined && { namespace }) };
    give(metadata, { kind: "User", name: PEOPLE[who].user }, role);
  }
  return found;
}

const roles = index();
const kindOf = (group: string, plural: string): Kind | undefined =>
  builtInKinds.find((kind) => kind.group === group && kind.plural === plural);
const access = new Access({ roles: () => roles, kindOf, ownerOf: () => undefined });

function isAllowed({ who, kind, verb, subresource, namespace }: Cell): boolean {
  return access.authorize(PEOPLE[who], wishFor(verb, kind, { namespace, subresource })).allowed;
}

const show = ({ who, kind, verb, subresource, namespace }: Cell): string =>
  `${who}: ${verb} ${kind.plural}${subresource === undefined ? "" : `/${subresource}`} in ${namespace ?? "all"}`;

describe("the authorization matrix", () => {
  const all = [...cells(builtInKinds)];

  it("is what it ought to be, in every cell", () => {
    expect(all.length).toBeGreaterThan(20_000);
    const wrong = all.filter((cell) => isAllowed(cell) !== wanted(cell));
    expect(wrong.map(show)).toEqual([]);
  });

  it("says both yes and no to all who have a name", () => {
    const answers = Map.groupBy(
      all.map((cell) => ({ who: cell.who, yes: wanted(cell) })),
      ({ who }) => who,
    );
    const mixed = [...answers].filter(([, given]) => given.some(({ yes }) => yes)).map(([who]) => who);
    expect(mixed).toEqual(["viewer", "editor", "admin", "root", "master", "agent", "package", "controller"]);
  });

  it("lets nobody below cluster-admin use kinds that come later, until a role says so", () => {
    for (const [who, identity] of Object.entries(PEOPLE)) {
      const wish = { verb: "get", group: "example.org", resource: "widgets", namespace: "home" };
      const may = ["root", "master", "controller"].includes(who);
      expect(access.authorize(identity, wish).allowed, who).toBe(may);
    }
  });

  it.each([
    ["/healthz", ["anonymous", "known"]],
    ["/apis/storage.freehold.dev/v1alpha1", ["known"]],
    ["/openapi/v3", ["known"]],
    ["/metrics", []],
    ["/openid/v1/jwks", []],
    ["/uploads/archives/x/content", ["agent"]],
  ])("%s is open to %j and those above", (path, named) => {
    const may = Object.entries(PEOPLE).filter(
      ([, who]) => access.authorize(who, { verb: "get", path }).allowed,
    );
    const everybody = Object.keys(PEOPLE).filter((who) => named.includes("anonymous") || who !== "anonymous");
    const above = ["root", "master", "controller"];
    const known = named.includes("known")
      ? everybody
      : [...named, ...above, ...(path.startsWith("/uploads") ? ["namelessAgent"] : [])];
    expect(may.map(([who]) => who).toSorted()).toEqual(known.toSorted());
  });
});
