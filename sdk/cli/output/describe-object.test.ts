import { expect, test } from "vitest";

import { describeObject } from "./describe-object.ts";

const object = {
  apiVersion: "package.freehold.dev/v1alpha1",
  kind: "Package",
  metadata: { name: "web", namespace: "default", labels: { "app.dev/a": "b" }, generation: 2, uid: "u" },
  spec: { source: { file: "/web.s9pk" }, running: true, list: [{ a: 1, b: "two" }, "x"] },
  status: {
    urls: ["http://a", "evil\u001b[2J"],
    error: "one\ntwo",
    progress: { phase: "verify", done: 1, total: 4, unit: "files" },
    conditions: [
      { type: "Ready", status: "False", reason: "UnmetDependency", message: "redis", observedGeneration: 2 },
      { type: "Old", status: "True", reason: "Odd", message: "", observedGeneration: 1 },
    ],
  },
};

const event = {
  type: "Warning",
  reason: "StepFailed",
  message: "no\nspace",
  count: 3,
  firstTimestamp: "2026-01-01T00:00:00Z",
  lastTimestamp: "2026-01-01T00:01:00Z",
  source: { component: "agent/m1" },
};

test("describeObject() tells what is wished, what is, what it means, what to do and what happened", () => {
  const reasons = { UnmetDependency: { text: "It needs another.", next: "Install it." } };
  const now = Date.parse("2026-01-01T00:02:00Z");
  expect(describeObject({ object, events: [event], reasons, now, colours: false })).toMatchInlineSnapshot(`
    "Name:         web
    Namespace:    default
    Kind:         Package (package.freehold.dev/v1alpha1)
    Labels:
      app.dev/a:  b
    Annotations:  <none>
    Metadata:
      Generation:  2
    Spec:
      Source:
        File:  /web.s9pk
      Running:  true
      List:
        - A:  1
          B:  two
        - x
    Status:
      Urls:
        - http://a
        - evil^[[2J
      Error:  one
              two
    Progress:  verify 1 of 4 files (25 %)
    Conditions:
      Ready=False  UnmetDependency  since 
        Found:  redis
        Means:  It needs another.
        Next:   Install it.
      Old=True  Odd (of a former generation)  since 
    Events:
      Type      Reason       Age                From       Message
      Warning   StepFailed   60s (x3 over 2m)   agent/m1   no space
    "
  `);
});
