import { describe, expect, test } from "vitest";

import { holdsNoObject, parseManifests } from "./parse-manifests.ts";

describe("parseManifests()", () => {
  test("reads every document and the items of lists, and says where each stood", () => {
    const text = `# first
apiVersion: v1
kind: ConfigMap
metadata: { name: a, namespace: x }
---
---
{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "b"}}]}
`;
    expect(
      parseManifests(text, "f.yaml").map(({ kind, name, namespace, where }) => ({
        kind,
        name,
        namespace,
        where,
      })),
    ).toEqual([
      { kind: "ConfigMap", name: "a", namespace: "x", where: "f.yaml document 1 (line 2)" },
      { kind: "Secret", name: "b", namespace: undefined, where: "f.yaml document 3 (line 7), item 1" },
    ]);
  });

  test("reads scalars as kubectl does", () => {
    const text = `{apiVersion: v1, kind: A, metadata: {name: a}, v: [yes, 0644, 12:30, 2001-01-01, 1e3, "yes", ~, 0x10]}`;
    expect(parseManifests(text, "f")[0]?.object["v"]).toEqual([
      true,
      420,
      "12:30",
      "2001-01-01",
      1000,
      "yes",
      null,
      16,
    ]);
  });

  test("takes for text what only looks like a number", () => {
    const text = "{apiVersion: v1, kind: A, metadata: {name: a}, v: [., e0, 0x_, .nan, -.5, 1.5e3]}";
    expect(parseManifests(text, "f")[0]?.object["v"]).toEqual([".", "e0", "0x_", Number.NaN, -0.5, 1500]);
  });

  test.each([
    ["# none\n---\nkind: A\n  b: 2\n", "(line 3): line 3, column 7: Nested mappings"],
    [`a: ${"[".repeat(9_000)}${"]".repeat(9_000)}`, "it is nested too deeply"],
    ["a: 1\na: 2\n", "f.yaml document 1 (line 1): line 2, column 1: Map keys must be unique"],
    ["a", 'f.yaml document 1 (line 1): wanted an object, found "a"'],
    ["kind: A\nmetadata: {name: a}", "f.yaml document 1 (line 1): apiVersion: wanted a text, found nothing"],
    ["apiVersion: v1\nkind: A\nmetadata: {name: 5}", "metadata.name: wanted a text, found 5"],
    [
      "apiVersion: v1\nkind: A\nmetadata: {name: a, namespace: [b]}",
      'metadata.namespace: wanted a text, found ["b"]',
    ],
  ])("names file, document and line of %j", (text, wanted) => {
    expect(() => parseManifests(text, "f.yaml")).toThrow(wanted);
  });
});

test.each([
  ['{"packages":["redis-server"]}', true],
  ["just a text", true],
  ["kind: A", false],
  ["apiVersion: v1", false],
  ["a: 1\n---\napiVersion: v1\nkind: A\n", false],
  ["a: b: c", false],
  ["# nothing", false],
])("holdsNoObject(%j) is %s", (text, expected) => {
  expect(holdsNoObject(text)).toBe(expected);
});
