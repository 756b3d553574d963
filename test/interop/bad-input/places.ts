import { type Attempt, MAPS, PACKAGES } from "./attempt.ts";

const PATHS: readonly string[] = [
  "/api/v1/namespaces/default/nothings",
  "/apis/nobody.example/v1/things",
  "/apis/package.freehold.dev/v9/packages",
  "/api/v2",
  "/api/v1/",
  `${PACKAGES}/`,
  `${PACKAGES}/a/b/c/d`,
  `${PACKAGES}/a/nothing`,
  "/api//v1/namespaces",
  "//etc/passwd",
  "/../../etc/passwd",
  "/api/v1/../../etc/passwd",
  "/api/v1/namespaces/%2e%2e/configmaps",
  "/api/v1/namespaces/%2Fetc%2Fpasswd",
  "/api/v1/namespaces/%00",
  "/api/v1/namespaces/%zz",
  "/api/v1/namespaces/%ff%fe",
  `/api/v1/namespaces/${"a".repeat(5000)}`,
  "/api/v1/namespaces/default/configmaps/%252e%252e",
  "/apis/rbac.authorization.k8s.io/v1/namespaces/default/clusterroles/x",
  "/apis/package.freehold.dev/v1alpha1/packages/at-no-namespace",
  "/uploads/archives/../../etc/passwd",
  "/uploads/archives/nothex",
  "/openapi/v3/nowhere",
  "/healthz/../secrets",
  "/api/v1/watch/nothings",
  "/constructor",
  "/__proto__",
  "/apis/__proto__/v1/x",
  "/api/v1/namespaces/default/__proto__",
  "/api/v1/namespaces/default/configmaps/__proto__",
];

const QUERIES: readonly string[] = [
  "limit=-1",
  "limit=many",
  "limit=99999999999999999999",
  "continue=rubbish",
  "continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiIuLi8uLi8ifQ",
  "resourceVersion=abc",
  "resourceVersion=-5",
  "resourceVersion=0&resourceVersionMatch=Sometimes",
  "resourceVersionMatch=Exact",
  "labelSelector=a%20in",
  "labelSelector=(((",
  "labelSelector=a%3D%3D%3Db",
  "labelSelector=a+in+()",
  "fieldSelector=spec.nothing%3D1",
  "fieldSelector=%3D",
  "timeoutSeconds=soon&watch=true",
  "watch=true&sendInitialEvents=true",
  "watch=true&resourceVersionMatch=NotOlderThan",
];

const WRITES: readonly string[] = [
  "dryRun=Some",
  "fieldValidation=Perhaps",
  `fieldManager=${"m".repeat(129)}`,
  "fieldManager=%00",
  "effects=true",
];

const METHODS: readonly string[] = ["TRACE", "PROPFIND", "LINK", "SUBSCRIBE", "MKCOL", "OPTIONS"];

/** Requests for what is not there, or in ways that are not. */
export function badPlaces(): readonly Attempt[] {
  return [
    ...PATHS.map((path): Attempt => ({ name: `GET ${path.slice(0, 70)}`, method: "GET", path })),
    ...QUERIES.map((query): Attempt => ({
      name: `list with ${query.slice(0, 50)}`,
      method: "GET",
      path: `${MAPS}?${query}`,
    })),
    ...WRITES.map((query): Attempt => ({
      name: `create with ${query.slice(0, 50)}`,
      path: `${MAPS}?${query}`,
      body: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"bad"}}',
    })),
    ...METHODS.map((method): Attempt => ({ name: `${method} on a collection`, method, path: MAPS })),
    { name: "PUT on a collection", method: "PUT", path: MAPS, body: "{}" },
    { name: "POST on an object", path: `${MAPS}/a`, body: "{}" },
    {
      name: "an update of nothing",
      method: "PUT",
      path: `${MAPS}/nowhere`,
      body: '{"metadata":{"name":"nowhere"}}',
    },
    { name: "a deletion of nothing", method: "DELETE", path: `${MAPS}/nowhere` },
    { name: "the deletion of the default namespace", method: "DELETE", path: "/api/v1/namespaces/default" },
    { name: "an unacceptable answer", method: "GET", path: MAPS, headers: { accept: "image/png" } },
    {
      name: "a wrong token",
      method: "GET",
      path: MAPS,
      headers: { authorization: "Bearer wrong" },
      status: 401,
    },
    {
      name: "an unknown scheme",
      method: "GET",
      path: MAPS,
      headers: { authorization: "Digest x" },
      status: 401,
    },
    {
      name: "an impersonation of half a user",
      method: "GET",
      path: MAPS,
      headers: { "impersonate-group": "system:masters" },
    },
    { name: "DeleteOptions that are a list", method: "DELETE", path: `${MAPS}/a`, body: "[]" },
    { name: "an unknown propagation", method: "DELETE", path: `${MAPS}/a?propagationPolicy=Sideways` },
    {
      name: "a protobuf that ends early",
      path: MAPS,
      type: "application/vnd.kubernetes.protobuf",
      body: new Uint8Array([0x6b, 0x38, 0x73, 0, 0x0a, 0x7f]),
    },
  ];
}
