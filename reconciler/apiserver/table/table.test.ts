import { volumeKind } from "@freehold/apis/storage";
import { expect, test } from "vitest";

import { humanDuration } from "./human-duration.ts";
import { compileJsonPath } from "./json-path.ts";
import { tableOf } from "./table.ts";

test("tableOf() prints name, the kind's columns and age", () => {
  const volume = {
    ...volumeKind.draft(
      { name: "a", creationTimestamp: "2026-01-01T00:00:00Z" },
      { machine: "m1", retain: true },
    ),
    status: { conditions: [{ type: "Ready", status: "True" }] },
  };
  const options = { metadata: { resourceVersion: "7" }, includeObject: "Metadata", version: "v1" } as const;
  const table = tableOf(volumeKind, [volume], { ...options, now: Date.UTC(2026, 0, 1, 0, 5) });
  expect(table.columnDefinitions?.map(({ name, format }) => name + format)).toEqual([
    "Namename",
    "Retain",
    "Path",
    "Ready",
    "Age",
  ]);
  expect(table.rows).toEqual([
    {
      cells: ["a", true, null, "True", "5m"],
      object: { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: volume.metadata },
    },
  ]);
});

test.each([
  [0, "0s"],
  [119, "119s"],
  [125, "2m5s"],
  [600, "10m"],
  [3 * 3600, "3h"],
  [3 * 3600 + 1200, "3h20m"],
  [30 * 3600, "30h"],
  [3 * 86400 + 4 * 3600, "3d4h"],
  [20 * 86400, "20d"],
  [800 * 86400, "2y70d"],
  [-5, "<invalid>"],
])("humanDuration() of %i seconds is %s", (seconds, text) => {
  expect(humanDuration(seconds * 1000)).toBe(text);
});

test("compileJsonPath() walks members, indexes and filters", () => {
  const value = {
    a: [
      { type: "X", b: 1 },
      { type: "Y", b: 2 },
    ],
    "x.y": { z: 3 },
  };
  expect(compileJsonPath('.a[?(@.type=="Y")].b')(value)).toEqual([2]);
  expect(compileJsonPath(".a[0].b")(value)).toEqual([1]);
  expect(compileJsonPath(".a[*].b")(value)).toEqual([1, 2]);
  expect(compileJsonPath("['x.y'].z")(value)).toEqual([3]);
  expect(compileJsonPath(".none.b")(value)).toEqual([]);
  expect(compileJsonPath("..b")(value)).toEqual([1, 2]);
  expect(compileJsonPath(".a[-1:].b")(value)).toEqual([2]);
  expect(compileJsonPath(".a[-1].b")(value)).toEqual([2]);
  expect(compileJsonPath(".a[?(@.b > 1)].type")(value)).toEqual(["Y"]);
  expect(compileJsonPath(".a[?(@.type)].b")(value)).toEqual([1, 2]);
  expect(compileJsonPath(String.raw`.x\.y.z`)(value)).toEqual([3]);
  expect(() => compileJsonPath(".a[")).toThrow('Cannot read JSONPath ".a["');
});
