import { expect, test } from "vitest";

import { field } from "../json.ts";
import { LAST_APPLIED, lastAppliedOf, withLastApplied } from "./last-applied.ts";
import { planApply } from "./plan-apply.ts";

const manifest = { kind: "Volume", apiVersion: "v1", metadata: { name: "a" }, spec: { text: "<b>&" } };

test("withLastApplied() writes what kubectl writes, to the byte", () => {
  expect(field(withLastApplied(manifest), "metadata", "annotations", LAST_APPLIED)).toBe(
    '{"apiVersion":"v1","kind":"Volume","metadata":{"annotations":{},"name":"a"},"spec":{"text":"\\u003cb\\u003e\\u0026"}}\n',
  );
});

test("withLastApplied() does not nest the annotation of an object that was read from the server", () => {
  const read = withLastApplied(manifest);
  expect(withLastApplied(read)).toEqual(read);
});

test("lastAppliedOf() takes an annotation somebody spoilt for none", () => {
  expect(lastAppliedOf({ metadata: { annotations: { [LAST_APPLIED]: "{" } } })).toBe(undefined);
});

test("planApply() creates, patches, or does nothing", () => {
  const live = { ...withLastApplied(manifest), status: { phase: "Ready" } };
  expect(planApply(manifest, undefined)).toEqual({ do: "create", object: withLastApplied(manifest) });
  expect(planApply(manifest, live)).toEqual({ do: "nothing" });
  expect(planApply({ ...manifest, spec: {} }, live, false)).toEqual({
    do: "patch",
    patch: { spec: { text: null } },
    wasApplied: true,
  });
});
