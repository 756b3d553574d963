import { describe, expect, test } from "vitest";

import { parseGoal } from "./goal.ts";

const ready = (status: string, observedGeneration: number): object => ({
  metadata: { generation: 2 },
  status: { phase: "Running", conditions: [{ type: "Ready", status, observedGeneration }] },
});

describe("parseGoal()", () => {
  test.each([
    ["condition=Ready", ready("True", 2), true],
    ["condition=ready=true", ready("True", 2), true],
    ["condition=Ready", ready("True", 1), false],
    ["condition=Ready=False", ready("False", 2), true],
    ["condition=Ready", {}, false],
    ["delete", undefined, true],
    ["delete", {}, false],
    ["create", {}, true],
    ["jsonpath={.status.phase}=Running", ready("True", 2), true],
    ["jsonpath=.status.phase=Stopped", ready("True", 2), false],
    ['jsonpath={.status.conditions[?(@.type=="Ready")].status}=True', ready("True", 2), true],
    ["jsonpath={.status.phase}", {}, false],
  ])("%s of %j is %s", (text, object, wanted) => {
    expect(parseGoal(text).isMet(object === undefined ? undefined : { ...object })).toBe(wanted);
  });

  test("refuses what it does not know", () => {
    expect(() => parseGoal("ready")).toThrow('Cannot wait for "ready": wanted condition=TYPE[=STATUS]');
  });
});
