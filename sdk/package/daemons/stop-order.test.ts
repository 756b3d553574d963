import fc from "fast-check";
import { expect, test } from "vitest";

import { stopOrder } from "./stop-order.ts";

test("stopOrder() puts dependents first, in waves", () => {
  const nodes = [
    { id: "db" },
    { id: "cache" },
    { id: "app", requires: ["db", "cache"] },
    { id: "web", requires: ["app"] },
  ];
  expect(stopOrder(nodes).map((wave) => wave.map(({ id }) => id))).toEqual([
    ["web"],
    ["app"],
    ["db", "cache"],
  ]);
});

test("stopOrder() refuses loops, doubles and what there is not", () => {
  expect(() => stopOrder([{ id: "a", requires: ["a"] }])).toThrow(
    'Cannot order "a": it requires itself in a circle',
  );
  expect(() => stopOrder([{ id: "a" }, { id: "a" }])).toThrow("two have the same id");
  expect(() => stopOrder([{ id: "a", requires: ["b"] }])).toThrow('it requires "b", which there is not');
});

test("stopOrder() holds all nodes once, none before what requires it, whatever the graph", () => {
  const graph = fc.array(fc.array(fc.nat(20), { maxLength: 4 }), { maxLength: 15 }).map((edges) =>
    edges.map((to, index) => ({
      id: `${index}`,
      requires: to.filter((other) => other < index).map(String),
    })),
  );
  fc.assert(
    fc.property(graph, (nodes) => {
      const order = stopOrder(nodes).flat();
      expect(new Set(order).size).toBe(nodes.length);
      for (const [index, { requires }] of order.entries()) {
        const before = order.slice(0, index).map(({ id }) => id);
        expect(requires.some((id) => before.includes(id))).toBe(false);
      }
    }),
  );
});
