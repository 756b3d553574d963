import type { Kind } from "@freehold/apis";
import type { PolicyRule } from "@freehold/apis/rbac";

import { STATUS_VERBS } from "../../discovery/verbs.ts";

/** Every role there is from the start. */
export interface BootstrapRole {
  readonly name: string;
  readonly rules: readonly PolicyRule[];
  readonly labels?: Readonly<Record<string, string>>;
  /** Its rules are gathered from the roles with this label. */
  readonly gathers?: string;
}

const READ = ["get", "list", "watch"];
const WRITE = ["create", "delete", "deletecollection", "patch", "update"];
const AGGREGATE = "rbac.authorization.k8s.io/aggregate-to-";
const RBAC = "rbac.authorization.k8s.io";

/** Kubernetes' roles and ours, for these kinds; kinds added later say by labels on roles of their own who may use them. */
export function bootstrapRoles(kinds: readonly Kind[]): readonly BootstrapRole[] {
  return [
    { name: "cluster-admin", rules: [...everything] },
    { name: "system:discovery", rules: [get([...PUBLIC, ...DOCUMENTS])] },
    { name: "system:public-info-viewer", rules: [get(PUBLIC)] },
    { name: "system:basic-user", rules: basicUser },
    { name: "system:service-account-issuer-discovery", rules: [get(ISSUER)] },
    { name: "system:auth-delegator", rules: reviewing },
    { name: "system:monitoring", rules: [get(["/metrics", ...PUBLIC])] },
    gathered("admin", `${AGGREGATE}admin`),
    gathered("edit", `${AGGREGATE}edit`, { [`${AGGREGATE}admin`]: "true" }),
    gathered("view", `${AGGREGATE}view`, { [`${AGGREGATE}edit`]: "true" }),
    part("admin", adminRules(kinds)),
    part("edit", editRules(kinds)),
    part("view", viewRules(kinds)),
    { name: "system:controllers", rules: [...everything] },
    { name: "system:agents", rules: agentRules },
    { name: "system:packages", rules: packageRules },
  ];
}

const get = (nonResourceURLs: readonly string[]): PolicyRule => ({
  nonResourceURLs: [...nonResourceURLs],
  verbs: ["get"],
});

const PUBLIC = ["/healthz", "/livez", "/readyz", "/version", "/version/"];
const DOCUMENTS = ["/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*"];
const ISSUER = ["/.well-known/openid-configuration", "/.well-known/openid-configuration/", "/openid/v1/jwks"];

const everything: readonly PolicyRule[] = [
  { apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
  { nonResourceURLs: ["*"], verbs: ["*"] },
];

const creating = (group: string, resources: readonly string[]): PolicyRule => ({
  apiGroups: [group],
  resources: [...resources],
  verbs: ["create"],
});

const basicUser = [
  creating("authorization.k8s.io", ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]),
  creating("authentication.k8s.io", ["selfsubjectreviews"]),
];
const reviewing = [
  creating("authentication.k8s.io", ["tokenreviews"]),
  creating("authorization.k8s.io", ["subjectaccessreviews"]),
];

function gathered(name: string, gathers: string, labels: Readonly<Record<string, string>> = {}) {
  return { name, rules: [], gathers, labels };
}

function part(name: string, rules: readonly PolicyRule[]): BootstrapRole {
  return { name: `system:aggregate-to-${name}`, rules, labels: { [`${AGGREGATE}${name}`]: "true" } };
}

/** One rule for each group and set of verbs. */
function over(
  kinds: readonly Kind[],
  subresources: (kind: Kind) => readonly string[],
  verbs: readonly string[],
) {
  return [...Map.groupBy(kinds, ({ group }) => group)].map(([group, members]): PolicyRule => ({
    apiGroups: [group],
    resources: members.flatMap((kind) => [
      kind.plural,
      ...subresources(kind).map((one) => `${kind.plural}/${one}`),
    ]),
    verbs: [...verbs],
  }));
}

/** Who changed objects, and how. */
function pasts(kinds: readonly Kind[]): readonly PolicyRule[] {
  return kinds.map(({ group, plural }) => ({
    apiGroups: [group],
    resources: [`${plural}/history`],
    verbs: READ,
  }));
}

/** In a namespace, and no more powerful than what it says: neither secrets nor who may do what. */
const isOrdinary = (kind: Kind): boolean =>
  kind.scope === "Namespaced" && !kind.secret && kind.group !== RBAC && kind.group !== "apiextensions.k8s.io";

function viewRules(kinds: readonly Kind[]): readonly PolicyRule[] {
  const seen = (kind: Kind): readonly string[] => [...(kind.hasStatus ? ["status"] : []), "history"];
  return [
    ...over(kinds.filter(isOrdinary), seen, READ),
    { apiGroups: [""], resources: ["namespaces"], verbs: READ },
  ];
}

/** What people write: neither what controllers derive nor what happened. */
function editRules(kinds: readonly Kind[]): readonly PolicyRule[] {
  const written = kinds.filter(
    (kind) => isOrdinary(kind) && kind.tier !== "derived" && kind.kind !== "Event",
  );
  const secrets = kinds.filter((kind) => kind.secret && kind.scope === "Namespaced");
  return [
    ...over(written, () => [], WRITE),
    ...over(secrets, () => [], [...READ, ...WRITE]),
    ...pasts(secrets),
    creating("", ["serviceaccounts/token"]),
    { apiGroups: [""], resources: ["serviceaccounts"], verbs: ["impersonate"] },
  ];
}

function adminRules(kinds: readonly Kind[]): readonly PolicyRule[] {
  const roles = kinds.filter(({ group, scope }) => group === RBAC && scope === "Namespaced");
  return [
    ...over(roles, () => [], [...READ, ...WRITE]),
    ...pasts(roles),
    creating("authorization.k8s.io", ["localsubjectaccessreviews"]),
  ];
}

const REALIZED: readonly (readonly [group: string, plurals: readonly string[]])[] = [
  ["network.freehold.dev", ["bridges", "packetrules"]],
  ["package.freehold.dev", ["archives"]],
  ["storage.freehold.dev", ["volumes"]],
  ["workload.freehold.dev", ["containers"]],
];

/** Bounded further to the agent's machine; see `agentBounds`. */
const agentRules: readonly PolicyRule[] = [
  {
    apiGroups: ["system.freehold.dev"],
    resources: ["machines"],
    verbs: [...READ, "create", "update", "patch"],
  },
  { apiGroups: ["system.freehold.dev"], resources: ["machines/status"], verbs: [...STATUS_VERBS] },
  ...REALIZED.flatMap(([group, plurals]): PolicyRule[] => [
    { apiGroups: [group], resources: [...plurals], verbs: [...READ, "update", "patch"] },
    { apiGroups: [group], resources: plurals.map((one) => `${one}/status`), verbs: [...STATUS_VERBS] },
  ]),
  {
    apiGroups: ["package.freehold.dev"],
    resources: ["packages", "actions", "serviceinterfaces", "servicereports"],
    verbs: READ,
  },
  { apiGroups: ["network.freehold.dev"], resources: ["bindings"], verbs: READ },
  { apiGroups: [""], resources: ["events"], verbs: ["get", "create", "update", "patch"] },
  { apiGroups: [""], resources: ["namespaces"], verbs: ["get"] },
  get(["/uploads/archives", "/uploads/archives/*"]),
];

/** Bounded further to the package itself; see `packageBounds`. */
const packageRules: readonly PolicyRule[] = [
  { apiGroups: ["package.freehold.dev"], resources: ["packages"], verbs: ["get"] },
  {
    apiGroups: ["package.freehold.dev"],
    resources: ["actions", "serviceinterfaces", "servicereports"],
    verbs: [...READ, ...WRITE],
  },
  { apiGroups: ["network.freehold.dev"], resources: ["bindings"], verbs: [...READ, ...WRITE] },
];

/** Who has a role from the start, by group. */
export const bootstrapBindings: readonly { readonly role: string; readonly groups: readonly string[] }[] = [
  { role: "cluster-admin", groups: ["system:masters"] },
  { role: "system:basic-user", groups: ["system:authenticated"] },
  { role: "system:discovery", groups: ["system:authenticated"] },
  { role: "system:public-info-viewer", groups: ["system:authenticated", "system:unauthenticated"] },
  { role: "system:service-account-issuer-discovery", groups: ["system:serviceaccounts"] },
  { role: "system:monitoring", groups: ["system:monitoring"] },
  { role: "system:controllers", groups: ["system:controllers"] },
  { role: "system:agents", groups: ["system:agents"] },
  { role: "system:packages", groups: ["system:packages"] },
];
