import { setTimeout as pause } from "node:timers/promises";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { type Answer, type ServerFixture, serverFixture } from "../testing/server-fixture.ts";
import { widgetDefinition } from "../testing/widget-definition.ts";

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const WIDGETS = "/apis/demo.example.com/v1/namespaces/default/widgets";

let fixture: ServerFixture;
beforeEach(async () => {
  fixture = await serverFixture();
});
afterEach(() => fixture.close());

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fixture.ask(path, { method: "POST", body, headers });

/** Asks until the answer is as wanted; the test's own deadline ends it. */
async function eventually(path: string, is: (answer: Answer) => boolean): Promise<Answer> {
  for (;;) {
    const answer = await fixture.ask(path);
    if (is(answer)) return answer;
    await pause(5);
  }
}

async function define(definition: object = widgetDefinition()): Promise<void> {
  expect((await post(CRDS, definition)).status).toBe(201);
  await eventually(WIDGETS, ({ status }) => status === 200);
}

describe("a definition", () => {
  test("serves its kind, in discovery, OpenAPI and by its verbs", async () => {
    await define();
    expect((await fixture.ask(`${CRDS}/widgets.demo.example.com`)).json).toMatchObject({
      status: {
        conditions: [
          { type: "NamesAccepted", status: "True" },
          { type: "Established", status: "True" },
        ],
        acceptedNames: { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" },
        storedVersions: ["v1"],
      },
    });
    const made = await post(WIDGETS, { metadata: { name: "w1" }, spec: { size: 1, ports: [{ port: 80 }] } });
    expect(made).toMatchObject({
      status: 201,
      json: {
        apiVersion: "demo.example.com/v1",
        kind: "Widget",
        spec: { size: 1, color: "red", ports: [{ port: 80, protocol: "TCP" }] },
      },
    });
  });
});
