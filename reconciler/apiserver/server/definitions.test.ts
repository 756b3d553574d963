import { MemoryBackend } from "@freehold/store";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { define, DEFINITIONS, eventually, redefine, WIDGETS } from "../testing/definition-fixture.ts";
import { type ServerFixture, serverFixture } from "../testing/server-fixture.ts";
import { widgetDefinition } from "../testing/widget-definition.ts";

const NAME = "widgets.demo.example.com";
const DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

let fixture: ServerFixture;
beforeEach(async () => {
  fixture = await serverFixture();
});
afterEach(() => fixture.close());

const create = (name: string, metadata: object = {}) =>
  fixture.ask(WIDGETS, { method: "POST", body: { metadata: { name, ...metadata }, spec: { size: 1 } } });
const mergePatch = (path: string, body: object) =>
  fixture.ask(path, { method: "PATCH", body, headers: { "content-type": "application/merge-patch+json" } });

/** The definition with texts of its JSON replaced. */
function changed(...replacements: readonly (readonly [string, string])[]): object {
  const text = replacements.reduce(
    (all, [from, to]) => all.replaceAll(from, to),
    JSON.stringify(widgetDefinition()),
  );
  return JSON.parse(text) as object;
}

describe("a definition", () => {
  test("is told of in discovery and OpenAPI, whose hashes change with it", async () => {
    const headers = { accept: DISCOVERY };
    const before = await fixture.ask("/apis", { headers });
    await define(fixture, widgetDefinition());
    const after = await fixture.ask("/apis", { headers });
    expect(after.headers["etag"]).not.toBe(before.headers["etag"]);
    expect(after.text).toContain('"resource":"widgets"');
    expect((await fixture.ask("/apis/demo.example.com/v1")).json["resources"]).toMatchObject([
      { name: "widgets", shortNames: ["wd"], categories: ["all"], kind: "Widget" },
      { name: "widgets/status", kind: "Widget" },
      { name: "widgets/scale", group: "autoscaling", version: "v1", kind: "Scale" },
    ]);
    const index = await fixture.ask("/openapi/v3");
    expect(index.text).toContain("/openapi/v3/apis/demo.example.com/v1?hash=");
    const document = await fixture.ask("/openapi/v3/apis/demo.example.com/v1");
    expect(document.json).toMatchObject({
      components: {
        schemas: {
          "com.example.demo.v1.Widget": {
            properties: { spec: { properties: { color: { default: "red" } } } },
            "x-kubernetes-group-version-kind": [{ group: "demo.example.com", version: "v1", kind: "Widget" }],
          },
        },
      },
    });
  });

  test("is refused with what is wrong with it", async () => {
    const messageOf = async (...replacements: readonly (readonly [string, string])[]): Promise<unknown> =>
      (await fixture.ask(DEFINITIONS, { method: "POST", body: changed(...replacements) })).json["message"];
    expect([
      await messageOf(['"plural":"widgets"', '"plural":"gadgets"']),
      await messageOf(
        ['"storage":true', '"storage":false'],
        ['"group":"demo.example.com"', '"group":"nodots"'],
      ),
      await messageOf(
        ['"type":"integer","minimum":0', '"minimum":0'],
        ['"x-kubernetes-list-map-keys":["port","protocol"]', '"x-kubernetes-list-map-keys":["nope"]'],
      ),
      await messageOf(
        ['"x-kubernetes-list-map-keys":["port","protocol"]', '"x-kubernetes-list-map-keys":["port","name"]'],
        ['"default":"red"', '"default":"pink"'],
      ),
      await messageOf(
        ["^[a-z]+$", "[a-z"],
        ['"type":"boolean"', '"type":"bool"'],
        ['"scope":"Namespaced"', '"scope":"Namespaced","preserveUnknownFields":true'],
      ),
      await messageOf([".spec.color", ".spec.ports"], [".status.size", ".spec.size"]),
      await messageOf(["demo.example.com", "demo.k8s.io"]),
      await messageOf([
        '"properties":{"spec"',
        '"anyOf":[{"properties":{"other":{"minimum":1}}}],"properties":{"spec"',
      ]),
    ]).toMatchInlineSnapshot(`
      [
        "CustomResourceDefinition.apiextensions.k8s.io "widgets.demo.example.com" is invalid: metadata.name: Invalid value: "widgets.demo.example.com": must be spec.names.plural+"."+spec.group",
        "CustomResourceDefinition.apiextensions.k8s.io "widgets.demo.example.com" is invalid: [metadata.name: Invalid value: "widgets.demo.example.com": must be spec.names.plural+"."+spec.group, spec.group: Invalid value: "nodots": should be a domain with at least one dot, spec.versions: Invalid value: ["v1"]: must have exactly one version marked as storage version]",
        "CustomResourceDefinition.apiextensions.k8s.io "widgets.demo.example.com" is invalid: spec.versions[0].schema.openAPIV3Schema.properties[spec].properties[size].type: Required value: must not be empty for specified object fields",
        "CustomResourceDefinition.apiextensions.k8s.io "widgets.demo.example.com" is invalid: [spec.versions[0].schema.openAPIV3Schema.properties[spec].properties[color].default: Unsupported value: "pink": supported values: "red", "green", "blue", spec.versions[0].schema.openAPIV3Schema.properties[spec].properties[ports].items.properties[name].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property]",
        "CustomResourceDefinition.apiextensions.k8s.io "widgets.demo.example.com" is invalid: [spec.versions[0].schema.openAPIV3Schema.properties[spec].properties[name].pattern: Invalid value: "[a-z": must be a valid regular expression, but isn't: error parsing regexp: missing closing ]: \`[a-z\`, spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead]",
        "CustomResourceDefinition.apiextensions.k8s.io "widgets.demo.example.com" is invalid: [spec.versions[0].subresources.scale.statusReplicasPath: Invalid value: ".spec.size": should be a json path under .status, spec.versions[0].selectableFields[0].jsonPath: Invalid value: ".spec.ports": must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.]",
        "CustomResourceDefinition.apiextensions.k8s.io "widgets.demo.k8s.io" is invalid: metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111",
        "CustomResourceDefinition.apiextensions.k8s.io "widgets.demo.example.com" is invalid: spec.versions[0].schema.openAPIV3Schema.properties[other]: Required value: because it is defined in spec.versions[0].schema.openAPIV3Schema.anyOf[0].properties[other]",
      ]
    `);
  });

  test("warns of what a schema cannot say", async () => {
    const body = changed(['"type":"integer","minimum":0', '"type":"integer","readOnly":true,"minimum":0']);
    const { status, headers } = await fixture.ask(DEFINITIONS, { method: "POST", body });
    expect(status).toBe(201);
    expect(headers["warning"]).toContain("openAPIV3Schema.properties.spec.properties.size.readOnly");
  });

  test("is not served under names others have", async () => {
    await define(fixture, widgetDefinition());
    const other = changed(
      ['"plural":"widgets"', '"plural":"gadgets"'],
      ["widgets.demo", "gadgets.demo"],
      ['"wd"', '"gd"'],
    );
    expect((await fixture.ask(DEFINITIONS, { method: "POST", body: other })).status).toBe(201);
    const path = `${DEFINITIONS}/gadgets.demo.example.com`;
    const found = await eventually(fixture, path, ({ text }) => text.includes("NamesAccepted"));
    expect(found.json["status"]).toMatchObject({
      conditions: [
        {
          type: "NamesAccepted",
          status: "False",
          reason: "SingularConflict",
          message: '"widget" is already in use',
        },
        { type: "Established", status: "False" },
      ],
    });
    expect((await fixture.ask(WIDGETS.replace("widgets", "gadgets"))).status).toBe(404);
    await fixture.ask(`${DEFINITIONS}/${NAME}`, { method: "DELETE" });
    await eventually(fixture, WIDGETS.replace("widgets", "gadgets"), ({ status }) => status === 200);
  });

  test("never takes the place of a kind that came with the server", async () => {
    const body = changed(
      ["demo.example.com", "storage.freehold.dev"],
      ["widgets", "volumes"],
      ["Widget", "Volume"],
      ['"v1"', '"v1alpha1"'],
    );
    expect((await fixture.ask(DEFINITIONS, { method: "POST", body })).status).toBe(201);
    const path = `${DEFINITIONS}/volumes.storage.freehold.dev`;
    const found = await eventually(fixture, path, ({ text }) => text.includes("NamesAccepted"));
    expect(found.text).toContain("PluralConflict");
    const { json } = await fixture.ask("/apis/storage.freehold.dev/v1alpha1/namespaces/default/volumes");
    expect(json["kind"]).toBe("VolumeList");
  });
});

describe("deleting a definition", () => {
  test("deletes its objects first, waits for their finalizers, and lets none be made meanwhile", async () => {
    await define(fixture, widgetDefinition());
    await create("free");
    await create("held", { finalizers: ["example.com/hold"] });
    const { json } = await fixture.ask(`${DEFINITIONS}/${NAME}`, { method: "DELETE" });
    expect(json).toMatchObject({
      metadata: { finalizers: ["customresourcecleanup.apiextensions.k8s.io"] },
      status: { conditions: [{}, {}, { type: "Terminating", status: "True" }] },
    });
    await eventually(fixture, `${WIDGETS}/free`, ({ status }) => status === 404);
    const refused = await create("late");
    expect(refused).toMatchObject({ status: 405 });
    expect(refused.json["message"]).toBe(
      "create not allowed while custom resource definition is terminating",
    );
    expect((await fixture.ask(`${WIDGETS}/held`)).json["metadata"]).toHaveProperty("deletionTimestamp");
    await eventually(fixture, `${DEFINITIONS}/${NAME}`, ({ text }) =>
      text.includes("InstanceDeletionInProgress"),
    );
    await mergePatch(`${WIDGETS}/held`, { metadata: { finalizers: null } });
    await eventually(fixture, `${DEFINITIONS}/${NAME}`, ({ status }) => status === 404);
    await eventually(fixture, WIDGETS, ({ status }) => status === 404);
    expect((await fixture.ask("/apis/demo.example.com/v1")).status).toBe(404);
  });
});

describe("several servers on one store", () => {
  test("serve the same kinds, also those there were before a server started", async () => {
    const backend = new MemoryBackend();
    const [one, two] = [await serverFixture({ backend }), await serverFixture({ backend })];
    await define(one, widgetDefinition());
    await eventually(two, WIDGETS, ({ status }) => status === 200);
    const late = await serverFixture({ backend });
    expect((await late.ask(WIDGETS)).status).toBe(200);
    await two.ask(`${DEFINITIONS}/${NAME}`, { method: "DELETE" });
    for (const server of [one, late]) await eventually(server, WIDGETS, ({ status }) => status === 404);
    for (const server of [one, two, late]) await server.close();
  });
});

test("a watch goes on over a change of the definition, and shows objects as they are described by then", async () => {
  await define(fixture, widgetDefinition());
  const watched = fixture.ask(`${WIDGETS}?watch=true&timeoutSeconds=3`);
  await create("before");
  await redefine(
    fixture,
    NAME,
    (spec) =>
      JSON.parse(
        JSON.stringify(spec).replace('"name":{', '"added":{"type":"string","default":"x"},"name":{'),
      ) as object,
  );
  await eventually(fixture, `${WIDGETS}/before`, ({ text }) => text.includes('"added"'));
  await create("after");
  const frames = (await watched).text.trim().split("\n");
  expect(frames.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { type: "ADDED", object: { metadata: { name: "before" } } },
    { type: "ADDED", object: { metadata: { name: "after" }, spec: { added: "x" } } },
  ]);
});
