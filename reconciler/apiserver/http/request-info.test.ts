import { expect, test } from "vitest";

import { readResourcePath } from "./request-info.ts";

const none = { namespace: undefined, name: undefined, subresource: undefined, watch: false };

test.each([
  ["/api/v1/namespaces", { ...none, group: "", version: "v1", plural: "namespaces" }],
  ["/api/v1/namespaces/x", { ...none, group: "", version: "v1", plural: "namespaces", name: "x" }],
  [
    "/api/v1/namespaces/x/status",
    { ...none, group: "", version: "v1", plural: "namespaces", name: "x", subresource: "status" },
  ],
  ["/api/v1/namespaces/x/secrets", { ...none, group: "", version: "v1", plural: "secrets", namespace: "x" }],
  [
    "/apis/g.dev/v1/namespaces/x/things/a%2eb",
    { ...none, group: "g.dev", version: "v1", plural: "things", namespace: "x", name: "a.b" },
  ],
  [
    "/apis/g.dev/v1/namespaces/x/things/a/status",
    {
      ...none,
      group: "g.dev",
      version: "v1",
      plural: "things",
      namespace: "x",
      name: "a",
      subresource: "status",
    },
  ],
  ["/apis/g.dev/v1/watch/things", { ...none, group: "g.dev", version: "v1", plural: "things", watch: true }],
])("readResourcePath() of %s", (path, expected) => {
  expect(readResourcePath(path)).toEqual(expected);
});

test.each([
  "/",
  "/api",
  "/api/v1",
  "/apis/g/v1",
  "/api/v1/things/",
  "/api/v1//things",
  "/api/v1/%zz",
  "/other/v1/things",
  "/api/v1/a/b/c/d",
  "/api/v1/namespaces/x/a/b/c/d",
])("readResourcePath() finds no resource in %s", (path) => {
  expect(readResourcePath(path)).toBeUndefined();
});
