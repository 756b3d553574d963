import { afterAll, describe, expect, test } from "vitest";

import type { Schema } from "../structural-schema.ts";
import { WorkerRuleEngine } from "./worker-rule-engine.ts";

const engine = new WorkerRuleEngine(300);
afterAll(() => engine.onApplicationShutdown());

const schemaOf = (rules: readonly object[], properties: object = {}): Schema =>
  ({
    type: "object",
    properties: {
      spec: {
        type: "object",
        "x-kubernetes-validations": rules,
        properties: {
          size: { type: "integer" },
          low: { type: "integer" },
          name: { type: "string" },
          list: { type: "array", items: { type: "integer" } },
          ...properties,
        },
      },
    },
  }) as Schema;

const objectOf = (spec: object) => ({ apiVersion: "a.b/v1", kind: "K", metadata: { name: "x" }, spec });

describe("WorkerRuleEngine", () => {
  test("compile() names what is wrong with a rule, and where", async () => {
    const problems = await engine.compile(
      schemaOf([
        { rule: "self.z == 1" },
        { rule: "self.size" },
        { rule: "self.size > 1", messageExpression: "1" },
      ]),
      "schema",
    );
    expect(problems.map(({ path, message }) => `${path}: ${message}`)).toMatchInlineSnapshot(`
      [
        "schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: "self.z == 1": compilation failed: ERROR: <input>:1:5: undefined field 'z'
       | self.z == 1
       | ....^",
        "schema.properties[spec].x-kubernetes-validations[1].rule: Invalid value: "self.size": cel expression must evaluate to a bool",
        "schema.properties[spec].x-kubernetes-validations[2].messageExpression: Invalid value: "1": messageExpression must evaluate to a string",
      ]
    `);
  });

  test("check() runs rules on the object and says what they say", async () => {
    const schema = schemaOf([
      { rule: "self.size >= self.low", message: "size must not be below low", fieldPath: ".size" },
      {
        rule: "self.size < 10",
        messageExpression: "'found ' + string(self.size)",
        reason: "FieldValueForbidden",
      },
      { rule: "!has(self.name) || self.name.matches('^[a-z]+$')" },
      { rule: "self.size >= oldSelf.size", message: "size may only grow" },
    ]);
    expect(await engine.check(schema, objectOf({ size: 5, low: 1 }), undefined)).toEqual([]);
    const problems = await engine.check(
      schema,
      objectOf({ size: 12, low: 20, name: "A" }),
      objectOf({ size: 13, low: 20 }),
    );
    expect(problems.map(({ path, message }) => `${path}: ${message}`)).toMatchInlineSnapshot(`
      [
        "spec.size: Invalid value: "object": size must not be below low",
        "spec: Forbidden: found 12",
        "spec: Invalid value: "object": failed rule: !has(self.name) || self.name.matches('^[a-z]+$')",
        "spec: Invalid value: "object": size may only grow",
      ]
    `);
  });

  test("check() ends a rule that takes for ever, and goes on with the next object", async () => {
    const rule = "self.list.all(a, self.list.all(b, self.list.all(c, self.list.all(d, a + b + c + d >= 0))))";
    const hostile = schemaOf([{ rule }]);
    const list = Array.from({ length: 300 }, (_, i) => i);
    const [problem] = await engine.check(hostile, objectOf({ list }), undefined);
    expect(problem?.message).toContain("running out of cost budget");
    const fine = schemaOf([{ rule: "self.size == 1" }]);
    expect(await engine.check(fine, objectOf({ size: 1 }), undefined)).toEqual([]);
  });
});
