import { volumeKind } from "@freehold/apis/storage";
import { expect, test } from "vitest";

import { parseFieldSelector } from "./field-selector.ts";
import { parseLabelSelector } from "./label-selector.ts";

const labels = { app: "web", tier: "front", "example.com/x": "1" };

test.each([
  ["app=web", true],
  ["app==web,tier!=back", true],
  ["app!=web", false],
  ["missing!=x", true],
  ["app in (db, web)", true],
  ["app notin (web)", false],
  ["missing notin (web)", true],
  ["example.com/x", true],
  ["!example.com/x", false],
  ["!toString", true],
  ["app in (web),tier in (front)", true],
  ["", true],
])("parseLabelSelector() %j selects: %s", (text, expected) => {
  expect(parseLabelSelector(text)(labels)).toBe(expected);
});

test("parseLabelSelector() refuses what it cannot read", () => {
  expect(() => parseLabelSelector("a b")).toThrow("unable to parse requirement");
  expect(() => parseLabelSelector("a in ()b")).toThrow("unable to parse requirement");
});

test("parseFieldSelector() selects by offered fields only", () => {
  const volume = volumeKind.draft({ name: "a", namespace: "default" }, { machine: "m1", retain: true });
  expect(parseFieldSelector("metadata.name=a,metadata.namespace!=other", volumeKind).matches(volume)).toBe(
    true,
  );
  expect(parseFieldSelector("metadata.name=b", volumeKind)).toMatchObject({ name: "b" });
  expect(() => parseFieldSelector("spec.size=1", volumeKind)).toThrow("field label not supported: spec.size");
});
