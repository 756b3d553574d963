import { readFileSync } from "node:fs";
import { join } from "node:path";

import { graphToDot } from "@freehold/engine";
import { expect, test } from "vitest";

import { controllerGraph, inbornFinalizers } from "./controller-graph.ts";
import { ownershipText } from "./ownership-text.ts";

const read = (file: string): string => readFileSync(join(import.meta.dirname, file), "utf8");
const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, name]) => name ?? "").toSorted();

test("controllerGraph() draws the graph that was agreed on", async () => {
  await expect(graphToDot(controllerGraph())).toMatchFileSnapshot("../../test/golden/controllers.dot");
});

test("controllerGraph() has each controller that server and agent register, and no other", () => {
  const registered = matches(
    read("cluster-controllers.ts") + read("agent.ts"),
    /\.add(?:Transformer|Realizer|Sensor)\(\s*(\w+)/g,
  );
  const listed = matches(
    read("controller-graph.ts").replace(/^import[^;]*;/gm, ""),
    /(\w+(?:Controller|Sensor))\b/g,
  );
  expect(listed).toEqual(registered);
});

test("inbornFinalizers() names who looks after a kind", () => {
  expect(inbornFinalizers()["Package.package.freehold.dev"]).toEqual(["freehold.dev/package.package"]);
  expect(inbornFinalizers()["Event."]).toBeUndefined();
});

test("ownershipText() names one writer for each section of a derived kind", () => {
  const lines = ownershipText(controllerGraph()).split("\n");
  expect(lines.find((line) => line.startsWith("Container."))).toMatch(
    /^Container\.workload\.freehold\.dev +derived +package\.package +workload\.container$/,
  );
  expect(lines.find((line) => line.startsWith("Package."))).toMatch(/ people +package\.package$/);
});
