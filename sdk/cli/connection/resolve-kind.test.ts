import { describe, expect, test } from "vitest";

import type { ServedKind } from "./discovery.ts";
import { editDistance, resolveKind } from "./resolve-kind.ts";

function served(kind: string, plural: string, group: string, shortNames: readonly string[] = []): ServedKind {
  const singular = kind.toLowerCase();
  const rest = { shortNames, categories: [], scope: "Namespaced", verbs: [], hasStatus: true } as const;
  return { group, version: "v1", kind, plural, singular, ...rest };
}

const kinds = [
  served("Package", "packages", "package.freehold.dev", ["pkg"]),
  served("Binding", "bindings", "network.freehold.dev"),
  served("Binding", "bindings", "other.dev"),
  served("ConfigMap", "configmaps", "", ["cm"]),
];

describe("resolveKind()", () => {
  test.each([
    ["pkg", "package.freehold.dev"],
    ["Package", "package.freehold.dev"],
    ["packages", "package.freehold.dev"],
    ["packages.package.freehold.dev", "package.freehold.dev"],
    ["packages.v1.package.freehold.dev", "package.freehold.dev"],
    ["binding", "network.freehold.dev"],
    ["binding.other.dev", "other.dev"],
    ["binding.other", "other.dev"],
    ["configmap.v1", ""],
  ])("finds %s", (word, group) => {
    expect(resolveKind(kinds, word).group).toBe(group);
  });

  test("suggests what is near", () => {
    expect(() => resolveKind(kinds, "pakages")).toThrow('the server doesn\'t have a resource type "pakages"');
    expect(() => resolveKind(kinds, "pakages")).toThrow(
      expect.objectContaining({ exitCode: 3, next: expect.stringContaining('did you mean "packages"') }),
    );
  });
});

test("editDistance() counts insertions, deletions and replacements", () => {
  expect([editDistance("", "ab"), editDistance("kitten", "sitting"), editDistance("a", "a")]).toEqual([
    2, 3, 0,
  ]);
});
