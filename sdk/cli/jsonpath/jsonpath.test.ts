import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { parseTemplate } from "./parse-template.ts";
import { renderTemplate } from "./render-template.ts";

const list = {
  kind: "List",
  items: [
    {
      metadata: { name: "a", labels: { "app.kubernetes.io/name": "x" } },
      spec: { size: 3, on: true },
      status: {
        conditions: [
          { type: "Ready", status: "True" },
          { type: "Stalled", status: "False" },
        ],
      },
    },
    { metadata: { name: "b" }, spec: { size: 7, on: false }, status: { conditions: [] } },
  ],
};

const render = (template: string, value: unknown = list): string =>
  renderTemplate(parseTemplate(template), value);

describe("renderTemplate()", () => {
  test.each([
    ["{.items[*].metadata.name}", "a b"],
    ["{.items[0].metadata.name}", "a"],
    ["{.items[-1].metadata.name}", "b"],
    ["{.items[0:1].spec.size}", "3"],
    ["{.items[?(@.spec.size>5)].metadata.name}", "b"],
    ['{.items[?(@.metadata.name=="a")].spec.size}', "3"],
    ["{.items[?(@.spec.on==true)].metadata.name}", "a"],
    ["{.items[?(@.metadata.labels)].metadata.name}", "a"],
    ['{.items[0].status.conditions[?(@.type=="Ready")].status}', "True"],
    [String.raw`{.items[0].metadata.labels.app\.kubernetes\.io/name}`, "x"],
    ["{.items[0].metadata.labels['app.kubernetes.io/name']}", "x"],
    ["{.items[0]['metadata','spec']['name','size']}", "a 3"],
    ["{..name}", "a b"],
    ["{.items[0].spec}", '{"on":true,"size":3}'],
    ["{.items[0].spec.*}", "true 3"],
    ["{.missing}", ""],
    ["{.items[9].metadata}", ""],
    ["{$.kind}: {@.kind}", "List: List"],
    ['{range .items[*]}{.metadata.name}{"\\t"}{$.kind}{"\\n"}{end}', "a\tList\nb\tList\n"],
    ["{range .items}{.metadata.name};{end}", "a;b;"],
    [".kind", "List"],
    ["kind", "List"],
    ["plain {.kind} text", "plain List text"],
  ])("prints what %s finds", (template, wanted) => {
    expect(render(template)).toBe(wanted);
  });

  test("finds nothing on a prototype", () => {
    expect(render("{.constructor}{.items.length}{.__proto__}")).toBe("");
  });
});

describe("parseTemplate() refuses with what was wanted and where", () => {
  test.each([
    ["{.a", '"}" at position 4, found the end'],
    ["{range .a}x", "{end} at position 12"],
    ["{end}", "{range} before {end}"],
    ["{.a[}", "an index, a slice, * or a quoted name at position 5"],
    ["{.a[?(@.b==)]}", "a path, a number or a quoted text at position 12"],
    ["{%}", "a path or a quoted text"],
  ])("%s", (template, wanted) => {
    expect(() => parseTemplate(template)).toThrow(wanted);
  });

  test("any text is read or refused, never hung on", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from("{}[].*@$?()'\"=<:,- range end a1\\")) }),
        (text) => {
          try {
            renderTemplate(parseTemplate(text), list);
          } catch (error) {
            expect(error).toHaveProperty("name", "CliError");
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
