import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { expect, test } from "vitest";

import { CallbackNumbers, EffectContext } from "./effect-context.ts";
import { plainMethods, tracedMethods, watchedMethods } from "./effect-methods.ts";
import { makeEffects } from "./make-effects.ts";

function setUp(eventId?: string) {
  const calls: [string, Readonly<Record<string, unknown>>][] = [];
  const context = new EffectContext(new CallbackNumbers(), () => {});
  const call = async (method: string, params: Readonly<Record<string, unknown>>) => {
    calls.push([method, params]);
    return null;
  };
  const retries: string[] = [];
  return {
    calls,
    context,
    retries,
    effects: makeEffects({ call, context, eventId, constRetry: () => retries.push("x") }),
  };
}

test("makeEffects() has every member that the SDK's own interface has", () => {
  const sdk = dirname(createRequire(import.meta.url).resolve("@start9labs/start-sdk/package.json"));
  const text = readFileSync(join(sdk, "node_modules/@start9labs/start-core/Effects.d.ts"), "utf8");
  const members = [...text.matchAll(/^ {4,12}(?:readonly )?([a-zA-Z]+)\??(?:: |\()/gmu)].map(
    (match) => match[1],
  );
  const { effects } = setUp();
  const own = new Set(
    [effects, effects.action, effects.plugin, effects.plugin.url].flatMap((part) => Object.keys(part)),
  );
  const nested = ["createFs", "destroyFs", "create", "packageId", "actionId", "callback", "input"];
  const options = [
    "only",
    "except",
    "id",
    "internalPort",
    "hostId",
    "imageId",
    "name",
    "guid",
    "metadata",
    "hostnames",
  ];
  const more = [
    "algorithm",
    "version",
    "progress",
    "packageIds",
    "dependencies",
    "serviceInterfaceId",
    "location",
  ];
  const known = new Set([
    ...own,
    ...nested,
    ...options,
    ...more,
    "tableAction",
    "hostnameInfo",
    "removeAction",
    "overflowActions",
  ]);
  expect(members.length).toBeGreaterThan(50);
  expect(members.filter((name) => name !== undefined && !known.has(name))).toEqual([]);
  expect(plainMethods.length + watchedMethods.length + tracedMethods.length).toBe(44);
});

test("makeEffects() sends options, event and a number for the callback", async () => {
  const { calls, context, effects } = setUp("EV");
  let called = 0;
  await effects.getHostInfo({ hostId: "ui", callback: () => called++ });
  await effects.getHostInfo({ hostId: "ui" });
  await effects.action.getInput({ actionId: "a" });
  context.call(1);
  expect(calls).toEqual([
    ["get-host-info", { hostId: "ui", callback: 1, eventId: "EV" }],
    ["get-host-info", { hostId: "ui", callback: null, eventId: "EV" }],
    ["action.get-input", { actionId: "a", eventId: "EV" }],
  ]);
  expect(called).toBe(1);
});

test("makeEffects() sends no event in main and no callback outside a context", async () => {
  const { calls } = setUp();
  const call = async (method: string, params: Readonly<Record<string, unknown>>) => {
    calls.push([method, params]);
    return null;
  };
  const effects = makeEffects({ call, context: undefined, eventId: undefined });
  await effects.getSystemSmtp({ callback: () => {} });
  expect([calls, effects.isInContext, effects.eventId]).toEqual([
    [["get-system-smtp", { callback: null }]],
    false,
    null,
  ]);
});

test("makeEffects() survives spreading, and loses its context when that is left", () => {
  const { context, effects, retries } = setUp();
  const copy = { ...effects };
  expect(Object.keys(copy)).toContain("child");
  const child = effects.child("init_0");
  child.constRetry?.();
  expect(retries).toEqual(["x"]);
  context.leave();
  expect([effects.isInContext, effects.constRetry, child.isInContext]).toEqual([false, undefined, false]);
});
