/** What a field holds. `time` is metav1.Time or MicroTime; `bytes` becomes base64, as in JSON. */
export type FieldType =
  | "string"
  | "integer"
  | "boolean"
  | "time"
  | "strings"
  | "textMap"
  | "bytesMap"
  | { readonly message: Message }
  | { readonly messages: Message };

/** Field number → name and type. Fields not listed are skipped: the JSON form would be pruned too. */
export type Message = Readonly<Record<number, readonly [name: string, type: FieldType]>>;

const ownerReference: Message = {
  1: ["kind", "string"],
  3: ["name", "string"],
  4: ["uid", "string"],
  5: ["apiVersion", "string"],
  6: ["controller", "boolean"],
  7: ["blockOwnerDeletion", "boolean"],
};

const objectMeta: Message = {
  1: ["name", "string"],
  2: ["generateName", "string"],
  3: ["namespace", "string"],
  5: ["uid", "string"],
  6: ["resourceVersion", "string"],
  7: ["generation", "integer"],
  8: ["creationTimestamp", "time"],
  9: ["deletionTimestamp", "time"],
  10: ["deletionGracePeriodSeconds", "integer"],
  11: ["labels", "textMap"],
  12: ["annotations", "textMap"],
  13: ["ownerReferences", { messages: ownerReference }],
  14: ["finalizers", "strings"],
};

const resourceAttributes: Message = {
  1: ["namespace", "string"],
  2: ["verb", "string"],
  3: ["group", "string"],
  4: ["version", "string"],
  5: ["resource", "string"],
  6: ["subresource", "string"],
  7: ["name", "string"],
};

const leaseSpec: Message = {
  1: ["holderIdentity", "string"],
  2: ["leaseDurationSeconds", "integer"],
  3: ["acquireTime", "time"],
  4: ["renewTime", "time"],
  5: ["leaseTransitions", "integer"],
  6: ["strategy", "string"],
  7: ["preferredHolder", "string"],
};

const objectReference: Message = {
  1: ["kind", "string"],
  2: ["namespace", "string"],
  3: ["name", "string"],
  4: ["uid", "string"],
  5: ["apiVersion", "string"],
  6: ["resourceVersion", "string"],
  7: ["fieldPath", "string"],
};

const policyRule: Message = {
  1: ["verbs", "strings"],
  2: ["apiGroups", "strings"],
  3: ["resources", "strings"],
  4: ["resourceNames", "strings"],
  5: ["nonResourceURLs", "strings"],
};

const labelSelector: Message = {
  1: ["matchLabels", "textMap"],
  2: [
    "matchExpressions",
    { messages: { 1: ["key", "string"], 2: ["operator", "string"], 3: ["values", "strings"] } },
  ],
};

const subject: Message = {
  1: ["kind", "string"],
  2: ["apiGroup", "string"],
  3: ["name", "string"],
  4: ["namespace", "string"],
};

const accessReviewSpec: Message = {
  1: ["resourceAttributes", { message: resourceAttributes }],
  2: ["nonResourceAttributes", { message: { 1: ["path", "string"], 2: ["verb", "string"] } }],
  3: ["user", "string"],
  4: ["groups", "strings"],
  6: ["uid", "string"],
};

const tokenRequestSpec: Message = {
  1: ["audiences", "strings"],
  3: [
    "boundObjectRef",
    {
      message: {
        1: ["kind", "string"],
        2: ["apiVersion", "string"],
        3: ["name", "string"],
        4: ["uid", "string"],
      },
    },
  ],
  4: ["expirationSeconds", "integer"],
};

const metadata = ["metadata", { message: objectMeta }] as const;

const role: Message = {
  1: metadata,
  2: ["rules", { messages: policyRule }],
  3: ["aggregationRule", { message: { 1: ["clusterRoleSelectors", { messages: labelSelector }] } }],
};

const binding: Message = {
  1: metadata,
  2: ["subjects", { messages: subject }],
  3: ["roleRef", { message: { 1: ["apiGroup", "string"], 2: ["kind", "string"], 3: ["name", "string"] } }],
};

const accessReview: Message = { 1: metadata, 2: ["spec", { message: accessReviewSpec }] };

/**
 * The kinds that client-go sends as protobuf, by apiVersion and kind. Numbers from `generated.proto` of k8s.io/api and
 * k8s.io/apimachinery 0.32; they never change.
 */
export const messages: Readonly<Record<string, Message>> = {
  "v1 Namespace": {
    1: metadata,
    2: ["spec", { message: { 1: ["finalizers", "strings"] } }],
    3: ["status", { message: { 1: ["phase", "string"] } }],
  },
  "v1 ConfigMap": {
    1: metadata,
    2: ["data", "textMap"],
    3: ["binaryData", "bytesMap"],
    4: ["immutable", "boolean"],
  },
  "v1 Secret": {
    1: metadata,
    2: ["data", "bytesMap"],
    3: ["type", "string"],
    4: ["stringData", "textMap"],
    5: ["immutable", "boolean"],
  },
  "coordination.k8s.io/v1 Lease": { 1: metadata, 2: ["spec", { message: leaseSpec }] },
  "authentication.k8s.io/v1 SelfSubjectReview": { 1: metadata },
  "authorization.k8s.io/v1 SelfSubjectRulesReview": {
    1: metadata,
    2: ["spec", { message: { 1: ["namespace", "string"] } }],
  },
  "authorization.k8s.io/v1 SelfSubjectAccessReview": accessReview,
  "authorization.k8s.io/v1 SubjectAccessReview": accessReview,
  "authorization.k8s.io/v1 LocalSubjectAccessReview": accessReview,
  "authentication.k8s.io/v1 TokenReview": {
    1: metadata,
    2: ["spec", { message: { 1: ["token", "string"], 2: ["audiences", "strings"] } }],
  },
  "authentication.k8s.io/v1 TokenRequest": { 1: metadata, 2: ["spec", { message: tokenRequestSpec }] },
  "v1 ServiceAccount": {
    1: metadata,
    2: ["secrets", { messages: objectReference }],
    3: ["imagePullSecrets", { messages: { 1: ["name", "string"] } }],
    4: ["automountServiceAccountToken", "boolean"],
  },
  "rbac.authorization.k8s.io/v1 Role": role,
  "rbac.authorization.k8s.io/v1 ClusterRole": role,
  "rbac.authorization.k8s.io/v1 RoleBinding": binding,
  "rbac.authorization.k8s.io/v1 ClusterRoleBinding": binding,
};

/** DeleteOptions come under the apiVersion of whatever is deleted. */
export const deleteOptions: Message = {
  1: ["gracePeriodSeconds", "integer"],
  2: ["preconditions", { message: { 1: ["uid", "string"], 2: ["resourceVersion", "string"] } }],
  3: ["orphanDependents", "boolean"],
  4: ["propagationPolicy", "string"],
  5: ["dryRun", "strings"],
};
