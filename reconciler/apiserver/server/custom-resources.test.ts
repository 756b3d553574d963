import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { define, DEFINITIONS, eventually, redefine, WIDGETS } from "../testing/definition-fixture.ts";
import { type ServerFixture, serverFixture } from "../testing/server-fixture.ts";
import { widgetDefinition } from "../testing/widget-definition.ts";

const NAME = "widgets.demo.example.com";

let fixture: ServerFixture;
beforeEach(async () => {
  fixture = await serverFixture();
  await define(fixture, widgetDefinition());
});
afterEach(() => fixture.close());

const post = (spec: object, name = "w1", query = "") =>
  fixture.ask(`${WIDGETS}${query}`, { method: "POST", body: { metadata: { name }, spec } });
const patch = (path: string, body: object) =>
  fixture.ask(`${WIDGETS}/${path}`, {
    method: "PATCH",
    body,
    headers: { "content-type": "application/merge-patch+json" },
  });
const messageOf = async (spec: object): Promise<unknown> => (await post(spec)).json["message"];

describe("an object of a defined kind", () => {
  test("gets defaults and loses what is unknown, also inside lists, and in embedded resources", async () => {
    const template = { apiVersion: "v1", kind: "Pod", metadata: { name: "p", odd: 1 }, anything: true };
    const sent = {
      size: 1,
      odd: 1,
      note: null,
      name: null,
      ports: [{ port: 80, odd: 2 }],
      free: { odd: 3 },
      template,
    };
    const made = await post(sent);
    expect(made).toMatchObject({ status: 201 });
    expect(made.json["metadata"]).toMatchObject({ generation: 1 });
    expect(made.json["spec"]).toEqual({
      size: 1,
      color: "red",
      note: null,
      ports: [{ port: 80, protocol: "TCP" }],
      free: { odd: 3 },
      template: { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, anything: true },
    });
    expect(made.headers["warning"]).toContain('unknown field \\"spec.ports[0].odd\\"');
    const strict = await post(sent, "w2", "?fieldValidation=Strict");
    expect(strict.json).toMatchObject({
      code: 400,
      message:
        'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.odd", unknown field "spec.ports[0].odd", unknown field "spec.template.metadata.odd"',
    });
  });

  test("is refused in Kubernetes' words", async () => {
    expect([
      await messageOf({ size: "x" }),
      await messageOf({ size: 101, name: "UPPER", color: "pink" }),
      await messageOf({}),
      await messageOf({ size: 1, tags: ["a", "a"], ports: [{ port: 1 }, { port: 1, protocol: "TCP" }] }),
      await messageOf({ size: 1, address: true, template: {} }),
    ]).toMatchInlineSnapshot(`
      [
        "Widget.demo.example.com "w1" is invalid: spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"",
        "Widget.demo.example.com "w1" is invalid: [spec.size: Invalid value: 101: spec.size in body should be less than or equal to 100, spec.name: Invalid value: "UPPER": spec.name in body should match '^[a-z]+$', spec.color: Unsupported value: "pink": supported values: "red", "green", "blue"]",
        "Widget.demo.example.com "w1" is invalid: spec.size: Required value",
        "Widget.demo.example.com "w1" is invalid: [spec.tags[1]: Duplicate value: "a", spec.ports[1]: Duplicate value: {"port":1,"protocol":"TCP"}]",
        "Widget.demo.example.com "w1" is invalid: [spec.address: Invalid value: "boolean": spec.address in body must be of type integer,string: "boolean", spec.template.apiVersion: Required value: must not be empty, spec.template.kind: Required value: must not be empty]",
      ]
    `);
  });

  test("keeps what it has when the schema becomes stricter, as long as nobody touches it", async () => {
    expect((await post({ size: 90 })).status).toBe(201);
    await redefine(fixture, NAME, (spec) =>
      JSON.parse(JSON.stringify(spec).replace('"maximum":100', '"maximum":10')),
    );
    await eventually(fixture, "/openapi/v3/apis/demo.example.com/v1", ({ text }) =>
      text.includes('"maximum":10,'),
    );
    expect((await patch("w1", { spec: { color: "blue" } })).json).toMatchObject({
      spec: { size: 90, color: "blue" },
    });
    expect((await patch("w1", { spec: { size: 91 } })).json["message"]).toContain("less than or equal to 10");
  });

  test("has the defaults of today when it was stored yesterday", async () => {
    await post({ size: 1 });
    await redefine(fixture, NAME, (spec) =>
      JSON.parse(JSON.stringify(spec).replace('"maxLength":8', '"maxLength":8,"default":"new"')),
    );
    const found = await eventually(fixture, `${WIDGETS}/w1`, ({ text }) => text.includes('"new"'));
    expect(found.json).toMatchObject({ spec: { name: "new" }, metadata: { generation: 1 } });
  });

  test("counts generations, and writes status through its own endpoint alone", async () => {
    await post({ size: 1 });
    expect((await patch("w1", { spec: { size: 2 }, status: { phase: "x" } })).json).toMatchObject({
      metadata: { generation: 2 },
    });
    const status = await patch("w1/status", { spec: { size: 5 }, status: { phase: "Up", size: 2, odd: 1 } });
    expect(status.json).toMatchObject({ metadata: { generation: 2 }, spec: { size: 2 } });
    expect(status.json["status"]).toEqual({ phase: "Up", size: 2 });
  });

  test("can be scaled", async () => {
    await post({ size: 1 });
    await patch("w1/status", { status: { size: 1, selector: "a=b" } });
    const scale = await fixture.ask(`${WIDGETS}/w1/scale`);
    expect(scale.json).toMatchObject({
      kind: "Scale",
      apiVersion: "autoscaling/v1",
      metadata: { name: "w1", namespace: "default" },
      spec: { replicas: 1 },
      status: { replicas: 1, selector: "a=b" },
    });
    expect((await patch("w1/scale", { spec: { replicas: 4 } })).json).toMatchObject({
      spec: { replicas: 4 },
    });
    const put = { ...scale.json, spec: { replicas: 7 } };
    expect((await fixture.ask(`${WIDGETS}/w1/scale`, { method: "PUT", body: put })).status).toBe(409);
    expect((await patch("w1/scale", { spec: { replicas: -1 } })).status).toBe(422);
    const { json } = await fixture.ask(`${WIDGETS}/w1`);
    expect(json).toMatchObject({ spec: { size: 4 }, metadata: { generation: 2 } });
    expect(JSON.stringify(json["metadata"])).toContain('"subresource":"scale"');
  });

  test("is shown in the definition's columns, and selected by its fields", async () => {
    await post({ size: 1, color: "blue" });
    await post({ size: 2 }, "w2");
    const headers = { accept: "application/json;as=Table;g=meta.k8s.io;v=v1" };
    const table = await fixture.ask(`${WIDGETS}?fieldSelector=spec.color=blue`, { headers });
    expect(table.json).toMatchObject({
      columnDefinitions: [
        { name: "Name" },
        { name: "Size" },
        { name: "Phase", priority: 1 },
        { name: "Age" },
      ],
      rows: [{ cells: ["w1", 1, null, expect.any(String)] }],
    });
    expect((await fixture.ask(`${WIDGETS}?fieldSelector=spec.size=1`)).json["message"]).toBe(
      "field label not supported: spec.size",
    );
  });

  test("has a past, and goes with its namespace and its owner", async () => {
    await post({ size: 1 });
    await patch("w1", { spec: { size: 2 } });
    expect((await fixture.ask(`${WIDGETS}/w1/history`)).json["items"]).toHaveLength(2);
    const { json: owner } = await fixture.ask(`${WIDGETS}/w1`);
    const { uid } = owner["metadata"] as { uid: string };
    const owned = {
      name: "o",
      ownerReferences: [{ apiVersion: "demo.example.com/v1", kind: "Widget", name: "w1", uid }],
    };
    await fixture.ask(WIDGETS, { method: "POST", body: { metadata: owned, spec: { size: 1 } } });
    await fixture.ask(`${WIDGETS}/w1`, { method: "DELETE" });
    await eventually(fixture, `${WIDGETS}/o`, ({ status }) => status === 404);
    const namespaces = "/api/v1/namespaces";
    await fixture.ask(namespaces, { method: "POST", body: { metadata: { name: "other" } } });
    const path = WIDGETS.replace("default", "other");
    expect(
      (await fixture.ask(path, { method: "POST", body: { metadata: { name: "w" }, spec: { size: 1 } } }))
        .status,
    ).toBe(201);
    await fixture.ask(`${namespaces}/other`, { method: "DELETE" });
    await eventually(fixture, `${namespaces}/other`, ({ status }) => status === 404);
    expect((await fixture.ask("/apis/demo.example.com/v1/widgets")).json["items"]).toEqual([]);
  });

  test("needs a resourceVersion to be replaced", async () => {
    await post({ size: 1 });
    const body = { metadata: { name: "w1" }, spec: { size: 2 } };
    expect((await fixture.ask(`${WIDGETS}/w1`, { method: "PUT", body })).json["message"]).toContain(
      "metadata.resourceVersion: Invalid value: 0: must be specified for an update",
    );
  });
});

describe("rules of a definition", () => {
  const rule = { rule: "self.size != 13", message: "13 brings bad luck" };
  const withRules = (rules: readonly object[]): unknown =>
    JSON.parse(
      JSON.stringify(widgetDefinition())
        .replaceAll("widgets", "lucks")
        .replaceAll("Widget", "Luck")
        .replaceAll('"wd"', '"lu"')
        .replace(
          '"required":["size"]',
          `"required":["size"],"x-kubernetes-validations":${JSON.stringify(rules)}`,
        ),
    );
  const LUCKS = WIDGETS.replace("widgets", "lucks");

  test("hold of every object", async () => {
    await define(fixture, withRules([rule]) as object, LUCKS);
    const create = (spec: object) =>
      fixture.ask(LUCKS, { method: "POST", body: { metadata: { name: "l" }, spec } });
    expect((await create({ size: 13 })).json["message"]).toBe(
      'Luck.demo.example.com "l" is invalid: spec: Invalid value: "object": 13 brings bad luck',
    );
    expect((await create({ color: "pink" })).json["message"]).toContain(
      '<nil>: Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
    );
    expect((await create({ size: 12 })).status).toBe(201);
  });

  test("are compiled when the definition is written", async () => {
    const refused = await fixture.ask(DEFINITIONS, {
      method: "POST",
      body: withRules([{ rule: "self.z == 1" }]),
    });
    expect(refused.json["message"]).toContain("undefined field 'z'");
  });
});
