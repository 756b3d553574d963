import { beforeAll, expect, test } from "vitest";

import { loadPatterns } from "../pattern.ts";
import type { Schema } from "../structural-schema.ts";
import { checkRules } from "./check-rules.ts";
import { compileRules } from "./compiled-rules.ts";

beforeAll(loadPatterns);

const spec = {
  size: { type: "integer" },
  share: { type: "number" },
  name: { type: "string" },
  note: { type: "string", nullable: true },
  address: { "x-kubernetes-int-or-string": true },
  when: { type: "string", format: "date-time" },
  takes: { type: "string", format: "duration" },
  bytes: { type: "string", format: "byte" },
  if: { type: "string" },
  "a.b-c/d": { type: "string" },
  labels: { type: "object", additionalProperties: { type: "string" } },
  tags: { type: "array", items: { type: "string" } },
  ports: {
    type: "array",
    items: { type: "object", properties: { port: { type: "integer" }, name: { type: "string" } } },
  },
  free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
};

const value = {
  size: 3,
  share: 0.5,
  name: "abc",
  note: null,
  address: "80",
  when: "2026-01-02T03:04:05Z",
  takes: "1h30m",
  bytes: "aGk=",
  if: "then",
  "a.b-c/d": "odd",
  labels: { a: "1", "b.c": "2" },
  tags: ["x", "y"],
  ports: [
    { port: 80, name: "http" },
    { port: 443, name: "https" },
  ],
  free: { deep: { n: 1 } },
};

/** Whether a rule holds of the value above: true, or what it says. */
function holds(rule: string): unknown {
  const schema: Schema = {
    type: "object",
    properties: { spec: { type: "object", properties: spec, "x-kubernetes-validations": [{ rule }] } },
  };
  const { tree, faults } = compileRules(schema, "");
  if (faults.length > 0 || !tree) return faults.map(({ why }) => why);
  const broken = checkRules(tree, { metadata: { name: "n" }, spec: value }, undefined);
  return broken.length === 0 ? true : broken.map(({ message }) => message);
}

test.each([
  "self.size > 2 && self.share < 1.0",
  "self.note == null",
  "type(self.address) == string",
  "self.when < timestamp('2027-01-01T00:00:00Z')",
  "self.takes == duration('90m')",
  "self.bytes == b'hi'",
  "self.__if__ == 'then' && self.a__dot__b__dash__c__slash__d == 'odd'",
  "self.labels.all(k, size(self.labels[k]) == 1) && 'b.c' in self.labels",
  "self.ports.exists_one(p, p.port == 80) && self.ports[1].name == 'https'",
  "self.ports[0] != self.ports[1] && self.ports[0] in self.ports",
  "self.ports.map(p, p.port).sum() == 523",
  "self.ports.map(p, p.port).max() == 443 && [2, 1].min() == 1",
  "self.tags.isSorted() && !['b', 'a'].isSorted()",
  "['a', 'b', 'a'].indexOf('a') == 0 && ['a', 'b', 'a'].lastIndexOf('a') == 2",
  "sets.contains(self.tags, ['x']) && sets.intersects(self.tags, ['y', 'z']) && sets.equivalent([1, 2], [2, 1])",
  "self.free.deep.n == 1",
  "self.?nothing.orValue('none') == 'none'",
  "'a-b-c'.replace('-', '+') == 'a+b+c' && 'a-b-c'.replace('-', '+', 1) == 'a+b-c'",
  "'abc'.charAt(1) == 'b' && 'abc'.substring(1) == 'bc' && 'AbC'.lowerAscii() == 'abc'",
  "'a,b'.split(',') == ['a', 'b'] && ['a', 'b'].join('-') == 'a-b'",
  "'%s is %d or %.2f'.format(['x', 3, 0.5]) == 'x is 3 or 0.50'",
  "'abc 123 4'.find('[0-9]+') == '123' && 'a1b22'.findAll('[0-9]+') == ['1', '22']",
  "quantity('1.5Gi') == quantity('1536Mi') && quantity('100m').isLessThan(quantity('1'))",
  "quantity('1k').add(quantity('1')).asInteger() == 1001 && !isQuantity('1x')",
  "ip('10.1.2.3').family() == 4 && ip('::1').isLoopback() && !isIP('1.2.3')",
  "cidr('10.0.0.0/8').containsIP('10.1.2.3') && !cidr('10.0.0.0/8').containsCIDR('11.0.0.0/16')",
  "url('https://a.example:81/p?q=1').getPort() == '81' && url('/x').getEscapedPath() == '/x' && !isURL('../x')",
  "has(self.ports[0].name) && self.ports[0].name.matches('(?i)^HTTP$')",
  "self.labels.all(k, v, size(k) > 0 && size(v) == 1) && self.tags.exists(i, t, i == 1 && t == 'y')",
  "self.ports.transformList(i, p, p.port + i) == [80, 444]",
  "self.?name.optMap(n, n + '!').orValue('') == 'abc!'",
  "self.?nothing.optMap(n, n).hasValue() == false",
  "(has(self.ports) && self.ports.size() == 2 && has(self.ports[0].name)) ? self.ports[0].name == 'http' : false",
])("compileRules() and checkRules() know %s", (rule) => {
  expect(holds(rule)).toBe(true);
});

test.each([
  ["self.nope == 1", "undefined field 'nope'"],
  ["nope == 1", "undeclared reference to 'nope'"],
  ["self.size == 'a'", "no such overload"],
  ["has(self.ports[0].nope)", "undefined field 'nope'"],
  ["self.ports.all(i, p, p.port)", "must return bool"],
  ["self.size +", "Unexpected token"],
  ["self.name", "must evaluate to a bool"],
  ["self.tags[5] == 'x'", "evaluating rule"],
  ["quantity('x').isInteger()", "evaluating rule"],
])("compileRules() and checkRules() say of %s: %s", (rule, said) => {
  expect(String(holds(rule))).toContain(said);
});

test("checkRules() runs transition rules on what was there before, in lists by their keys", () => {
  const schema: Schema = {
    type: "object",
    properties: {
      list: {
        type: "array",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
        items: {
          type: "object",
          properties: { name: { type: "string" }, size: { type: "integer" } },
          "x-kubernetes-validations": [{ rule: "self.size >= oldSelf.size", message: "may not shrink" }],
        },
      },
      once: {
        type: "string",
        "x-kubernetes-validations": [
          { rule: "!oldSelf.hasValue() || self == oldSelf.value()", message: "fixed", optionalOldSelf: true },
        ],
      },
    },
  };
  const { tree, faults } = compileRules(schema, "");
  expect(faults).toEqual([]);
  const old = {
    list: [
      { name: "a", size: 1 },
      { name: "b", size: 5 },
    ],
    once: "x",
  };
  const next = {
    list: [
      { name: "b", size: 4 },
      { name: "c", size: 0 },
      { name: "a", size: 2 },
    ],
    once: "y",
  };
  expect(tree && checkRules(tree, next, old).map(({ path, message }) => `${path} ${message}`)).toEqual([
    "list[0] may not shrink",
    "once fixed",
  ]);
  expect(tree && checkRules(tree, next, undefined)).toEqual([]);
});

test("compileRules() refuses transition rules where nobody can tell what was before", () => {
  const items = { type: "string", "x-kubernetes-validations": [{ rule: "self == oldSelf" }] };
  const schema = { type: "object", properties: { list: { type: "array", items } } };
  expect(compileRules(schema, "s").faults).toMatchObject([
    {
      path: "s.properties[list].items.x-kubernetes-validations[0].rule",
      why: expect.stringContaining("uncorrelatable"),
    },
  ]);
});

test("checkRules() leaves alone what did not change", () => {
  const schema: Schema = {
    type: "object",
    properties: {
      a: { type: "integer", "x-kubernetes-validations": [{ rule: "self > 10" }] },
      b: { type: "string" },
    },
  };
  const { tree } = compileRules(schema, "");
  expect(tree && checkRules(tree, { a: 1, b: "new" }, { a: 1, b: "old" })).toEqual([]);
  expect(tree && checkRules(tree, { a: 2, b: "new" }, { a: 1, b: "old" })).toHaveLength(1);
});
