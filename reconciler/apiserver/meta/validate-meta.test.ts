import type { ObjectMeta } from "@freehold/apis";
import { namespaceKind } from "@freehold/apis/core";
import { expect, test } from "vitest";

import { validateMeta } from "./validate-meta.ts";

test.each(["x", 5, {}, null, [null]])("validateMeta() leaves finalizers %j to the schema", (finalizers) => {
  const meta: ObjectMeta = JSON.parse(JSON.stringify({ name: "a", finalizers }));
  expect(validateMeta(namespaceKind, meta)).toEqual([]);
});
