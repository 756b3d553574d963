import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { CertificateAuthority } from "../auth/certificate-authority.ts";
import { define, DEFINITIONS, eventually, redefine } from "../testing/definition-fixture.ts";
import { type ServerFixture, serverFixture } from "../testing/server-fixture.ts";

const NAME = "lamps.demo.example.com";
const pathOf = (version: string): string => `/apis/demo.example.com/${version}/namespaces/default/lamps`;

const versionOf = (name: string, properties: object, more: object = {}): object => ({
  name,
  served: true,
  storage: name === "v1",
  schema: { openAPIV3Schema: { type: "object", properties: { spec: { type: "object", properties } } } },
  ...more,
});

/** v1 says how bright in percent, v1beta1 whether at all. */
function lampDefinition(conversion: object): object {
  return {
    metadata: { name: NAME },
    spec: {
      group: "demo.example.com",
      scope: "Namespaced",
      names: { plural: "lamps", kind: "Lamp" },
      conversion,
      versions: [
        versionOf("v1beta1", { on: { type: "boolean" }, color: { type: "string" } }, { deprecated: true }),
        versionOf("v1", { percent: { type: "integer" }, color: { type: "string" } }),
      ],
    },
  };
}

let fixture: ServerFixture;
beforeEach(async () => {
  fixture = await serverFixture();
});
afterEach(() => fixture.close());

const post = (version: string, name: string, spec: object) =>
  fixture.ask(pathOf(version), { method: "POST", body: { metadata: { name }, spec } });
/** Applies the lamp `a`. */
const apply = (version: string, manager: string, spec: object, query = "") =>
  fixture.ask(`${pathOf(version)}/a?fieldManager=${manager}${query}`, {
    method: "PATCH",
    headers: { "content-type": "application/apply-patch+yaml" },
    body: { apiVersion: `demo.example.com/${version}`, kind: "Lamp", metadata: { name: "a" }, spec },
  });

describe("versions that only differ in name", () => {
  beforeEach(() => define(fixture, lampDefinition({ strategy: "None" }), pathOf("v1")));

  test("share what they have in common, and say which are old", async () => {
    const made = await post("v1beta1", "a", { on: true, color: "red" });
    expect(made.headers["warning"]).toContain("demo.example.com/v1beta1 Lamp is deprecated");
    expect(made.json).toMatchObject({
      apiVersion: "demo.example.com/v1beta1",
      spec: { color: "red" },
    });
    const found = await fixture.ask(`${pathOf("v1")}/a`);
    expect(found.headers["warning"]).toBeUndefined();
    expect(found.json["spec"]).toEqual({ color: "red" });
    expect((await fixture.ask("/apis/demo.example.com")).json).toMatchObject({
      versions: [{ version: "v1" }, { version: "v1beta1" }],
      preferredVersion: { version: "v1" },
    });
  });

  test("are seen by watches in the version that was asked for", async () => {
    const watched = fixture.ask(`${pathOf("v1beta1")}?watch=true&timeoutSeconds=1`);
    await post("v1", "a", { color: "red" });
    const [frame = ""] = (await watched).text.trim().split("\n");
    expect(JSON.parse(frame)).toMatchObject({
      type: "ADDED",
      object: { apiVersion: "demo.example.com/v1beta1" },
    });
  });

  test("are remembered as long as objects may be stored in them", async () => {
    const swap = (spec: Record<string, unknown>): object =>
      JSON.parse(
        JSON.stringify(spec).replaceAll(/"storage":(true|false)/g, (_, is) => `"storage":${is !== "true"}`),
      ) as object;
    await post("v1", "a", { percent: 5 });
    await redefine(fixture, NAME, swap);
    const found = await eventually(fixture, `${DEFINITIONS}/${NAME}`, ({ text }) =>
      text.includes('["v1","v1beta1"]'),
    );
    expect(found.json).toMatchObject({ status: { storedVersions: ["v1", "v1beta1"] } });
    expect((await fixture.ask(`${pathOf("v1")}/a`)).json).toMatchObject({ spec: { percent: 5 } });
    const without = redefine(fixture, NAME, (spec) => ({
      ...spec,
      versions: (spec["versions"] as object[]).slice(0, 1),
    }));
    await expect(without).rejects.toThrow("status.storedVersions[0]");
  });

  test("are applied each by its managers", async () => {
    expect((await apply("v1beta1", "old", { color: "red" })).status).toBe(201);
    const conflict = await apply("v1", "new", { color: "blue" });
    expect(conflict.json["message"]).toContain('conflict with "old": .spec.color');
    expect((await apply("v1", "new", { color: "blue" }, "&force=true")).json).toMatchObject({
      spec: { color: "blue" },
    });
  });
});

describe("versions that a webhook converts", () => {
  let folder: string;
  let webhook: Server;
  let asked: { desiredAPIVersion: string; objects: { metadata: { name: string } }[] }[];
  let answerWith: (review: unknown) => object;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "freehold-webhook-"));
    asked = [];
    answerWith = convertLamps;
    const authority = await CertificateAuthority.open(folder, Date.now());
    const { certificate: cert, key } = await authority.serving([], Date.now());
    webhook = createServer({ cert, key }, (request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => {
        const review = JSON.parse(Buffer.concat(pieces).toString()) as { request: (typeof asked)[number] };
        asked.push(review.request);
        response.end(JSON.stringify(answerWith(review)));
      });
    });
    await new Promise<void>((resolve) => webhook.listen(0, "127.0.0.1", resolve));
    const { port } = webhook.address() as AddressInfo;
    const caBundle = Buffer.from(authority.certificate).toString("base64");
    const clientConfig = { url: `https://127.0.0.1:${port}/convert`, caBundle };
    const conversion = { strategy: "Webhook", webhook: { conversionReviewVersions: ["v1"], clientConfig } };
    await define(fixture, lampDefinition(conversion), pathOf("v1"));
  });
  afterEach(async () => {
    webhook.closeAllConnections();
    await new Promise((resolve) => webhook.close(resolve));
    await rm(folder, { recursive: true });
  });

  test("are stored in one and answered in all, lists in one go", async () => {
    for (const name of ["a", "b"]) await post("v1beta1", name, { on: name === "a" });
    asked = [];
    const list = await fixture.ask(pathOf("v1beta1"));
    expect(list.json["items"]).toMatchObject([{ spec: { on: true } }, { spec: { on: false } }]);
    expect(asked.map(({ objects }) => objects.length)).toEqual([2]);
    expect((await fixture.ask(pathOf("v1"))).json["items"]).toMatchObject([
      { spec: { percent: 100 } },
      { spec: { percent: 0 } },
    ]);
  });

  test("are applied, also to what others manage in another version", async () => {
    await apply("v1beta1", "old", { on: true });
    const conflict = await apply("v1", "new", { percent: 0 });
    expect(conflict.json["message"]).toContain('conflict with "old": .spec.');
    const forced = await apply("v1", "new", { percent: 0, color: "red" }, "&force=true");
    expect(forced.json).toMatchObject({ spec: { percent: 0, color: "red" } });
    expect((await fixture.ask(`${pathOf("v1beta1")}/a`)).json).toMatchObject({
      spec: { on: false, color: "red" },
    });
  });

  test("fail with what the webhook says, and may not change what an object is", async () => {
    await post("v1", "a", { percent: 1 });
    answerWith = (review) => {
      const { uid } = (review as { request: { uid: string } }).request;
      return { response: { uid, result: { status: "Failure", message: "no light" } } };
    };
    expect((await fixture.ask(`${pathOf("v1beta1")}/a`)).json).toMatchObject({
      code: 500,
      message: `conversion webhook for ${NAME} failed: no light`,
    });
    answerWith = (review) =>
      JSON.parse(JSON.stringify(convertLamps(review)).replaceAll('"name":"a"', '"name":"z"')) as object;
    expect((await fixture.ask(`${pathOf("v1beta1")}/a`)).json["message"]).toContain(
      "metadata.name of a converted object must not change",
    );
  });
});

interface Lamp {
  readonly apiVersion: string;
  readonly spec: { readonly on?: boolean; readonly percent?: number };
}

function convertLamps(review: unknown): object {
  const { request } = review as { request: { uid: string; desiredAPIVersion: string; objects: Lamp[] } };
  const convertedObjects = request.objects.map((lamp) => {
    const { on, percent, ...spec } = lamp.spec;
    const converted = request.desiredAPIVersion.endsWith("v1")
      ? { ...spec, ...(on !== undefined && { percent: on ? 100 : 0 }) }
      : { ...spec, ...(percent !== undefined && { on: percent > 0 }) };
    return { ...lamp, apiVersion: request.desiredAPIVersion, spec: converted };
  });
  return { response: { uid: request.uid, result: { status: "Success" }, convertedObjects } };
}
