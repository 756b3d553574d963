import type { PolicyRule } from "@freehold/apis/rbac";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type Attributes, isPath } from "../attributes.ts";
import { ruleAllows } from "./rule-allows.ts";
import { uncoveredRules } from "./uncovered-rules.ts";

const VERBS = ["get", "list", "create", "bind"];
const GROUPS = ["", "apps"];
const RESOURCES = ["pods", "jobs"];
const SUBRESOURCES = ["status", "scale"];
const NAMES = ["a", "b"];
const PATHS = ["/api", "/api/v1", "/apis", "/metrics"];

const some = (...words: readonly string[]) => fc.uniqueArray(fc.constantFrom(...words), { maxLength: 3 });
const full = RESOURCES.flatMap((one) => SUBRESOURCES.map((sub) => `${one}/${sub}`));
const rule: fc.Arbitrary<PolicyRule> = fc.oneof(
  fc.record({
    verbs: some(...VERBS, "*"),
    apiGroups: some(...GROUPS, "*"),
    resources: some(...RESOURCES, ...full, ...SUBRESOURCES.map((one) => `*/${one}`), "*"),
    resourceNames: some(...NAMES),
  }),
  fc.record({ verbs: some(...VERBS, "*"), nonResourceURLs: some(...PATHS, "/api*", "/api/*", "*") }),
);

const wishes: readonly Attributes[] = VERBS.flatMap((verb) => [
  ...PATHS.map((path) => ({ verb, path })),
  ...GROUPS.flatMap((group) =>
    RESOURCES.flatMap((resource) =>
      [undefined, ...SUBRESOURCES].flatMap((subresource) =>
        [undefined, ...NAMES].map((name) => ({ verb, group, resource, subresource, name })),
      ),
    ),
  ),
]);

/** Slow and plain: writes every star out, and looks the wish up in what comes of it. */
function naive(given: PolicyRule, wish: Attributes): boolean {
  const verbs = given.verbs.flatMap((one) => (one === "*" ? VERBS : [one]));
  if (!verbs.includes(wish.verb)) return false;
  if (isPath(wish)) {
    const written = (given.nonResourceURLs ?? []).flatMap((url) =>
      url.endsWith("*") ? PATHS.filter((path) => path.indexOf(url.slice(0, -1)) === 0) : [url],
    );
    return written.includes(wish.path);
  }
  const everything = [...RESOURCES, ...full];
  const resources = (given.resources ?? []).flatMap((one) => {
    if (one === "*") return everything;
    return one.startsWith("*/") ? everything.filter((each) => each.endsWith(one.slice(1))) : [one];
  });
  const groups = (given.apiGroups ?? []).flatMap((one) => (one === "*" ? GROUPS : [one]));
  const names = given.resourceNames?.length ? given.resourceNames : [undefined, ...NAMES];
  const said = wish.subresource === undefined ? wish.resource : `${wish.resource}/${wish.subresource}`;
  return groups.includes(wish.group) && resources.includes(said) && names.includes(wish.name);
}

describe("ruleAllows()", () => {
  it("agrees with a plain model on every wish", () => {
    fc.assert(
      fc.property(rule, (given) => {
        for (const wish of wishes) expect(ruleAllows(given, wish)).toBe(naive(given, wish));
      }),
      { numRuns: 300 },
    );
  });
});

describe("uncoveredRules()", () => {
  it("leaves nothing only if the owned rules allow every wish the wanted ones do", () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 3 }), rule, (owned, wanted) => {
        if (uncoveredRules(owned, [wanted]).length > 0) return;
        for (const wish of wishes.filter((one) => ruleAllows(wanted, one))) {
          expect(owned.some((one) => ruleAllows(one, wish))).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("names the smallest parts that are missing", () => {
    const owned = [{ verbs: ["get"], apiGroups: [""], resources: ["pods"] }];
    const wanted = [{ verbs: ["get", "list"], apiGroups: [""], resources: ["pods", "jobs"] }];
    expect(uncoveredRules(owned, wanted)).toEqual([
      { verbs: ["get"], apiGroups: [""], resources: ["jobs"] },
      { verbs: ["list"], apiGroups: [""], resources: ["pods"] },
      { verbs: ["list"], apiGroups: [""], resources: ["jobs"] },
    ]);
    expect(uncoveredRules([{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }], wanted)).toEqual([]);
  });

  it("takes the right to one object for no right to all", () => {
    const one = { verbs: ["get"], apiGroups: [""], resources: ["pods"], resourceNames: ["a"] };
    expect(uncoveredRules([one], [one])).toEqual([]);
    expect(uncoveredRules([one], [{ ...one, resourceNames: [] }])).toHaveLength(1);
  });
});
