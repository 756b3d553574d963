import { Type } from "typebox";

import { serviceAccountKind } from "../core/service-account.ts";
import { anything, text, word } from "../meta/fields.ts";
import { defineBareKind, type Kind, type ResourceOf } from "../meta/kind.ts";
import { accessTokenKind, passwordKind, sessionKind, personKind } from "../system/people.ts";

/** Who may do what, as Kubernetes says it (rbac.authorization.k8s.io/v1). */
const rbac = { group: "rbac.authorization.k8s.io", version: "v1", tier: "builtin" } as const;

const words = (description: string) => Type.Optional(Type.Array(Type.String(), { description }));

const policyRule = Type.Object({
  verbs: Type.Array(Type.String(), { description: "What may be done; `*` is everything." }),
  apiGroups: words('Groups of the resources; "" is the core group, `*` every group.'),
  resources: words("Plural names, `plural/subresource`, `*/subresource`, or `*`."),
  resourceNames: words("Only objects of these names; absent or empty, all."),
  nonResourceURLs: words("Paths that are no resources; a trailing `*` stands for any rest."),
});

const rules = Type.Array(policyRule, { description: "What is allowed; nothing can be forbidden." });

const roleRef = Type.Object(
  {
    apiGroup: Type.String({ description: "Always this group.", default: rbac.group }),
    kind: word("What kind of role.", ["Role", "ClusterRole"]),
    name: Type.String({ description: "Name of the role.", minLength: 1 }),
  },
  { description: "The role that is given; it cannot change.", "x-kubernetes-map-type": "atomic" },
);

const subject = Type.Object({
  kind: word("What is named.", ["User", "Group", "ServiceAccount"]),
  apiGroup: Type.Optional(text('This group for users and groups, "" for service accounts.')),
  name: Type.String({ description: "Its name.", minLength: 1 }),
  namespace: Type.Optional(text("A service account's namespace.")),
});

const subjects = Type.Array(subject, { description: "Who gets it." });

export const roleKind = defineBareKind({
  ...rbac,
  kind: "Role",
  scope: "Namespaced",
  description: "A set of rights in one namespace.",
  properties: { rules },
  columns: [{ name: "Created At", type: "date", jsonPath: ".metadata.creationTimestamp" }],
});

export const clusterRoleKind = defineBareKind({
  ...rbac,
  kind: "ClusterRole",
  scope: "Cluster",
  description: "A set of rights, to be given everywhere or in one namespace.",
  properties: {
    rules,
    aggregationRule: Type.Object(
      {
        clusterRoleSelectors: Type.Optional(
          Type.Array(anything("A label selector."), {
            description: "ClusterRoles that match one of these give it their rules.",
          }),
        ),
      },
      { description: "Where the rules come from; they are filled in by the server." },
    ),
  },
  columns: [{ name: "Created At", type: "date", jsonPath: ".metadata.creationTimestamp" }],
});

const binding = {
  ...rbac,
  properties: { subjects, roleRef },
  required: ["roleRef"],
  immutable: ["roleRef"],
  columns: [
    { name: "Role", type: "string", jsonPath: ".roleRef.name" },
    { name: "Role Kind", type: "string", jsonPath: ".roleRef.kind", priority: 1 },
    { name: "Subjects", type: "string", jsonPath: ".subjects[*].name", priority: 1 },
  ],
} as const;

export const roleBindingKind = defineBareKind({
  ...binding,
  kind: "RoleBinding",
  scope: "Namespaced",
  description: "Gives a role to users, groups and service accounts in one namespace.",
});

export const clusterRoleBindingKind = defineBareKind({
  ...binding,
  kind: "ClusterRoleBinding",
  scope: "Cluster",
  description: "Gives a ClusterRole to users, groups and service accounts everywhere.",
});

/** Who there is, and who may do what. */
export const accessKinds: readonly Kind[] = [
  serviceAccountKind,
  personKind,
  passwordKind,
  sessionKind,
  accessTokenKind,
  roleKind,
  clusterRoleKind,
  roleBindingKind,
  clusterRoleBindingKind,
];

export type Role = ResourceOf<typeof roleKind>;
export type ClusterRole = ResourceOf<typeof clusterRoleKind>;
export type RoleBinding = ResourceOf<typeof roleBindingKind>;
export type PolicyRule = NonNullable<Role["rules"]>[number];
export type RoleRef = NonNullable<RoleBinding["roleRef"]>;
export type Subject = NonNullable<RoleBinding["subjects"]>[number];
