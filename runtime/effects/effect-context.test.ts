import { expect, test } from "vitest";

import { CallbackNumbers, EffectContext } from "./effect-context.ts";

function setUp() {
  const log: string[] = [];
  const root = new EffectContext(new CallbackNumbers(), (ids) => log.push(`forget ${ids.join()}`));
  return { log, root };
}

test("leave() ends parts first, then runs hooks in order, then forgets callbacks", () => {
  const { log, root } = setUp();
  root.addCallback(() => log.push("called"));
  root.onLeave(() => log.push("first"));
  root.onLeave(() => log.push("second"));
  root.child("part").onLeave(() => log.push("part"));
  root.leave();
  expect(log).toEqual(["part", "first", "second", "forget 1"]);
});

test("child() leaves the former one of its name", () => {
  const { log, root } = setUp();
  root.child("a").onLeave(() => log.push("left"));
  root.child("b").onLeave(() => log.push("never"));
  root.child("a");
  expect(log).toEqual(["left"]);
});

test("call() delivers once, to whichever part registered it, and says whether anybody did", () => {
  const { log, root } = setUp();
  const id = root
    .child("a")
    .child("b")
    .addCallback(() => log.push("called"));
  expect([root.call(id), root.call(id), root.call(99), log]).toEqual([true, false, false, ["called"]]);
});

test("leave() runs the other hooks when one throws", () => {
  const { log, root } = setUp();
  root.onLeave(() => {
    throw new Error("broken hook");
  });
  root.onLeave(() => log.push("second"));
  root.leave();
  expect(log).toEqual(["second"]);
});
