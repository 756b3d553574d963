import { expect, test } from "vitest";

import { negotiate } from "./negotiate.ts";

test.each([
  [undefined, "object v1 json"],
  ["*/*", "object v1 json"],
  ["application/yaml", "object v1 yaml"],
  ["application/vnd.kubernetes.protobuf,application/json", "object v1 json"],
  ["application/json;as=Table;v=v1;g=meta.k8s.io,application/json", "table v1 json"],
  ["application/json; g=meta.k8s.io; v=v1beta1; as=Table", "table v1beta1 json"],
  ["application/json;as=Table;v=v9;g=meta.k8s.io,application/json", "object v1 json"],
  [
    "application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
    "partial v1 json",
  ],
])("negotiate() of %s takes the first clause it can serve", (accept, expected) => {
  const { form, version, encoding } = negotiate(accept);
  expect(`${form} ${version} ${encoding}`).toBe(expected);
});

test.each(["application/cbor", "application/json;as=Table;v=v9;g=meta.k8s.io", "text/html"])(
  "negotiate() refuses %s",
  (accept) => {
    expect(() => negotiate(accept)).toThrow("only the following media types are accepted");
  },
);
