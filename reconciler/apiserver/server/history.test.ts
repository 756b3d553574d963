import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { at } from "../json/json-object.ts";
import { type ServerFixture, serverFixture } from "../testing/server-fixture.ts";

let f: ServerFixture;
beforeAll(async () => {
  f = await serverFixture();
});
afterAll(() => f.close());

const MAPS = "/api/v1/namespaces/default/configmaps";
const PACKAGES = "/apis/package.freehold.dev/v1alpha1/namespaces/default/packages";

interface Shown {
  readonly verb: unknown;
  readonly user: unknown;
  readonly manager: unknown;
  readonly changes?: unknown;
}

async function historyOf(path: string): Promise<readonly Shown[]> {
  const { status, json } = await f.ask(`${path}/history`);
  expect([status, json["kind"], json["apiVersion"]]).toEqual([
    200,
    "RevisionList",
    "history.freehold.dev/v1",
  ]);
  const items = json["items"];
  if (!Array.isArray(items)) throw new Error("no items");
  return items.map((item: unknown) => ({
    verb: at(item, "verb"),
    user: at(item, "user"),
    manager: at(item, "manager"),
    changes: at(item, "changes"),
  }));
}

const mapOf = (name: string, data: object) => ({
  method: "POST",
  headers: { "user-agent": "kubectl/v1.33" },
  body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data },
});
const merge = (body: object) => ({
  method: "PATCH",
  headers: { "content-type": "application/merge-patch+json" },
  body,
});

describe("the history subresource", () => {
  it("tells who changed what, newest first, and survives the object", async () => {
    await f.ask(MAPS, mapOf("told", { a: "1" }));
    await f.ask(`${MAPS}/told?fieldManager=me`, merge({ data: { a: "2", b: "3" } }));
    await f.ask(`${MAPS}/told`, { method: "DELETE" });
    const by = { user: "admin" };
    const told = await historyOf(`${MAPS}/told`);
    expect(told).toMatchObject([
      { ...by, verb: "delete" },
      { ...by, verb: "patch", manager: "me" },
      { ...by, verb: "create", manager: "kubectl" },
    ]);
    expect(told.map(({ changes }) => changes)).toEqual([
      undefined,
      [
        { path: "data.a", from: "1", to: "2" },
        { path: "data.b", to: "3" },
      ],
      undefined,
    ]);
  });

  it("numbers revisions by the resourceVersion each led to", async () => {
    const { json } = await f.ask(MAPS, mapOf("numbered", {}));
    const history = await f.ask(`${MAPS}/numbered/history`);
    expect(at(history.json["items"], 0, "revision")).toBe(at(json, "metadata", "resourceVersion"));
    expect(at(history.json["items"], 0, "from")).toBe("127.0.0.1");
  });

  it("keeps nothing of what changes no wish: status, dry runs, the same again", async () => {
    const spec = { source: { file: "/x.s9pk" }, running: false };
    const body = {
      apiVersion: "package.freehold.dev/v1alpha1",
      kind: "Package",
      metadata: { name: "p" },
      spec,
    };
    await f.ask(PACKAGES, { method: "POST", body });
    await f.ask(`${PACKAGES}/p/status`, merge({ status: { phase: "Stopped" } }));
    await f.ask(`${PACKAGES}/p?dryRun=All`, merge({ spec: { running: true } }));
    await f.ask(`${PACKAGES}/p`, merge({ spec: { running: false } }));
    await f.ask(`${PACKAGES}/p`, merge({ metadata: { finalizers: ["x.org/y"] } }));
    expect(await historyOf(`${PACKAGES}/p`)).toMatchObject([{ verb: "create" }]);
    await f.ask(`${PACKAGES}/p`, { method: "DELETE" });
    await f.ask(`${PACKAGES}/p`, merge({ metadata: { finalizers: [] } }));
    expect(await historyOf(`${PACKAGES}/p`)).toMatchObject([{ verb: "delete" }, { verb: "create" }]);
  });

  it("keeps none of events and derived kinds, and takes no writes", async () => {
    const event = { metadata: { name: "e" }, involvedObject: {}, reason: "X", message: "x", type: "Normal" };
    await f.ask("/api/v1/namespaces/default/events", { method: "POST", body: event });
    expect(await historyOf("/api/v1/namespaces/default/events/e")).toEqual([]);
    const refused = await f.ask(`${MAPS}/told/history`, { method: "PUT", body: {} });
    expect(refused.status).toBe(405);
  });
});
