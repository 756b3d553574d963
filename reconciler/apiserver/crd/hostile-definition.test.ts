import fc from "fast-check";
import { expect, test } from "vitest";

import { isApiError } from "../errors/api-error.ts";
import { isObject } from "../json/json-object.ts";
import { openApiDocument } from "../openapi/document.ts";
import { tableOf } from "../table/table.ts";
import { registryFixture } from "../testing/registry-fixture.ts";
import { widgetDefinition } from "../testing/widget-definition.ts";
import { kindsOfDefinition } from "./custom-kind.ts";

/** Every place in a JSON value, as the members that lead there. */
function placesOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, member]) => placesOf(member, [...path, name]))];
}

function replaced(value: unknown, [name, ...rest]: readonly string[], by: unknown): unknown {
  if (name === undefined) return by;
  if (Array.isArray(value))
    return value.map((item, i) => (String(i) === name ? replaced(item, rest, by) : item));
  return isObject(value) ? { ...value, [name]: replaced(value[name], rest, by) } : value;
}

const definition = widgetDefinition();
const places = placesOf(definition).filter((path) => path.length > 0);
const nonsense = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(
    null,
    "",
    -1,
    1e308,
    [],
    {},
    [null],
    { a: null },
    "constructor",
    "__proto__",
    "\u0000",
    "../x",
  ),
);

test("a definition with nonsense anywhere is refused or serves, and never breaks anything", async () => {
  const { registry } = await registryFixture();
  const kind = registry.kinds.find("apiextensions.k8s.io", "v1", "customresourcedefinitions");
  if (!kind) throw new Error("Cannot test: no kind of definitions");
  let served = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...places), nonsense, async (place, by) => {
      const sent = replaced(definition, place, by);
      try {
        const resource = await registry.create(kind, undefined, sent, { dryRun: true });
        const { stored } = kindsOfDefinition(resource);
        served += 1;
        openApiDocument([stored]);
        const object = await registry
          .create(
            stored,
            "default",
            { metadata: { name: "a" }, spec: { size: 1, free: by, labels: by } },
            { dryRun: true },
          )
          .catch((error: unknown) => {
            expect(isApiError(error)).toBe(true);
          });
        if (object) tableOf(stored, [object], { metadata: {}, includeObject: "None", version: "v1", now: 0 });
      } catch (error) {
        expect(isApiError(error) && error.code < 500 ? "" : error).toBe("");
      }
    }),
    { numRuns: 1000 },
  );
  expect(served).toBeGreaterThan(50);
});
