import { expect, test } from "vitest";

import { applyConfig } from "./apply-config.ts";
import { capManagers } from "./cap-managers.ts";
import { difference } from "./field-set.ts";
import { EMPTY, fieldsAt } from "./fields-v1.ts";
import { type Manager, readManagers, writeManagers } from "./managers.ts";
import { objectView } from "./schema-view.ts";
import { trackUpdate } from "./track-update.ts";
import type { Versions } from "./versions.ts";

function manager(name: string, second: number, more: Partial<Manager> = {}): Manager {
  const time = `2026-01-02T03:04:${String(second).padStart(2, "0")}Z`;
  const fields = fieldsAt(["spec", name]);
  return { manager: name, operation: "Update", apiVersion: "v1", subresource: "", time, fields, ...more };
}

test("writeManagers() sorts by operation, time, manager, version and subresource, and drops who owns nothing", () => {
  const entries = writeManagers([
    manager("b", 2),
    manager("a", 2, { subresource: "status" }),
    manager("a", 2),
    manager("z", 9, { operation: "Apply" }),
    manager("c", 1),
    manager("none", 0, { fields: EMPTY }),
  ]);
  expect(entries.map(({ manager: name, subresource }) => [name, subresource])).toEqual([
    ["z", undefined],
    ["c", undefined],
    ["a", undefined],
    ["a", "status"],
    ["b", undefined],
  ]);
  expect(writeManagers(readManagers(entries) ?? [])).toEqual(entries);
});

test.each([
  [{}],
  [{ operation: "Merge", fieldsType: "FieldsV1", fieldsV1: {} }],
  [{ operation: "Apply", fieldsType: "FieldsV2", fieldsV1: {} }],
  [{ operation: "Apply", fieldsType: "FieldsV1", fieldsV1: { spec: {} } }],
])("readManagers() cannot read %j", (entry) => {
  expect(readManagers([JSON.parse(JSON.stringify(entry))])).toBeUndefined();
});

test("capManagers() puts the oldest by Update together, and no applier", () => {
  const updaters = Array.from({ length: 12 }, (_, i) => manager(`m${i}`, 20 - i));
  const capped = capManagers([...updaters, manager("applier", 0, { operation: "Apply" })]);
  expect(capped.map(({ manager: name }) => name).sort()).toEqual(
    ["ancient-changes", "applier", ...updaters.slice(0, 9).map(({ manager: name }) => name)].sort(),
  );
  const ancient = capped.find(({ manager: name }) => name === "ancient-changes");
  expect(ancient).toMatchObject({
    time: "2026-01-02T03:04:11Z",
    fields: { "f:spec": { "f:m11": {}, "f:m10": {}, "f:m9": {} } },
  });
  const more = capManagers([...capped, manager("new", 30)]);
  expect(more.filter(({ operation }) => operation === "Update")).toHaveLength(10);
  expect(more.filter(({ manager: name }) => name === "ancient-changes")).toHaveLength(1);
});

function withoutSize(owner: Manager): Manager {
  return { ...owner, fields: difference(owner.fields, fieldsAt(["spec", "size"])) };
}

interface State {
  readonly object: Record<string, unknown>;
  readonly managers: readonly Manager[];
}

/** v1 calls `colour` what v2 calls `color`; v0 is no longer served. */
const versions: Versions = {
  viewOf: (apiVersion) => {
    const name = new Map([
      ["v1", "colour"],
      ["v2", "color"],
    ]).get(apiVersion);
    const spec = {
      type: "object",
      properties: { [name ?? ""]: { type: "string" }, size: { type: "integer" } },
    };
    return name === undefined ? undefined : objectView({ type: "object", properties: { spec } });
  },
  convert: (object, apiVersion) => {
    const text = JSON.stringify({ ...object, apiVersion });
    const converted = text.replace(/"colou?r"/, apiVersion === "v1" ? '"colour"' : '"color"');
    return JSON.parse(converted) as Record<string, unknown>;
  },
};

test("applyConfig() and trackUpdate() see each manager's fields in the version it wrote in", () => {
  const now = "2026-01-02T03:04:30Z";
  const contextOf = (name: string, apiVersion: string, operation: "Apply" | "Update") => ({
    by: { manager: name, operation, apiVersion, subresource: "" },
    versions,
    ignored: EMPTY,
    now,
  });
  const apply = (name: string, apiVersion: string, spec: object, { object, managers }: State) => {
    const config = { apiVersion, kind: "Thing", metadata: { name: "t" }, spec };
    const live = versions.convert(object, apiVersion);
    return applyConfig({ live, config, managers, force: false }, contextOf(name, apiVersion, "Apply"));
  };
  const first = apply("ann", "v1", { colour: "red", size: 1 }, { object: {}, managers: [] });
  if (first.type !== "applied") throw new Error("nobody else is there");
  expect(apply("bob", "v2", { color: "blue" }, first)).toMatchObject({
    type: "conflict",
    conflicts: [{ manager: { manager: "ann" }, fields: { "f:spec": { "f:colour": {} } } }],
  });
  const shared = apply("bob", "v2", { color: "red" }, first);
  if (shared.type !== "applied") throw new Error("equal values are shared");
  const kept = { apiVersion: "v2", spec: { color: "red", size: 1 } };
  expect(apply("ann", "v2", { size: 1 }, shared)).toMatchObject({ type: "applied", object: kept });
  const unowned = { ...shared, object: { ...shared.object, spec: { color: "red", size: 7 } } };
  const coloured = { ...unowned, managers: shared.managers.map(withoutSize) };
  expect(apply("ann", "v2", {}, coloured)).toMatchObject({
    type: "applied",
    object: { spec: { color: "red", size: 7 } },
  });
  const alone = apply("ann", "v2", { size: 1 }, first);
  expect(alone).toMatchObject({ type: "applied", object: { apiVersion: "v2" } });
  expect(alone).not.toHaveProperty("object.spec.color");
  const gone = [...first.managers, manager("old", 1, { apiVersion: "v0" })];
  const after = { ...first.object, spec: { colour: "green", size: 1 } };
  expect(
    trackUpdate(first.object, after, gone, contextOf("cyd", "v1", "Update")).map(({ manager: name }) => name),
  ).toEqual(["ann", "cyd"]);
});
