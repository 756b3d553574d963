import { readFile, stat } from "node:fs/promises";
import { connect } from "node:http2";
import { request } from "node:https";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { archiveKind } from "@freehold/apis/package";
import { volumeKind } from "@freehold/apis/storage";
import { containerKind } from "@freehold/apis/workload";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";

import { type ServerFixture, serverFixture } from "../testing/server-fixture.ts";

const VOLUMES = "/apis/storage.freehold.dev/v1alpha1/namespaces/default/volumes";
const volume = (name: string, more: object = {}) => ({
  metadata: { name, ...more },
  spec: { machine: "m1" },
});

const MERGE = { "content-type": "application/merge-patch+json" };
const CONTAINER = {
  machine: "m1",
  package: "web",
  packageId: "web",
  archive: "a",
  images: [],
  volumes: [],
  uidBase: 524_288,
  ipv4: "10.77.0.2",
  running: true,
};

let fixture: ServerFixture;
beforeEach(async () => {
  fixture = await serverFixture();
});
afterEach(() => fixture.close());

const post = (body: unknown, path = VOLUMES, headers: Record<string, string> = {}) =>
  fixture.ask(path, { method: "POST", body, headers });

describe("who may come in", () => {
  test("nobody without a name, but health and version are open", async () => {
    expect(await fixture.ask(VOLUMES, { token: "" })).toMatchObject({
      status: 401,
      json: { kind: "Status", status: "Failure", reason: "Unauthorized", code: 401, message: "Unauthorized" },
    });
    expect((await fixture.ask(VOLUMES, { token: "wrong" })).status).toBe(401);
    for (const path of ["/healthz", "/livez", "/readyz"]) {
      expect(await fixture.ask(path, { token: "" })).toMatchObject({ status: 200, text: "ok" });
    }
    expect((await fixture.ask("/version", { token: "" })).json).toMatchObject({ major: "1", minor: "33" });
    expect((await fixture.ask("/metrics", { token: "" })).status).toBe(401);
  });

  test("the socket asks for the same tokens", async () => {
    expect((await fixture.askSocket(VOLUMES, { token: "" })).status).toBe(401);
    expect((await fixture.askSocket(VOLUMES)).status).toBe(200);
    expect((await stat(fixture.socketPath)).mode & 0o777).toBe(0o660);
  });

  test("a client certificate names user and groups, over HTTP/2 too", async () => {
    const { certificate, key } = await fixture.server.issueClientCertificate("jo", [
      "system:masters",
      "staff",
    ]);
    const session = connect(`https://127.0.0.1:${fixture.server.port}`, {
      ca: fixture.server.caCertificate,
      cert: certificate,
      key,
    });
    const stream = session.request({
      ":path": "/apis/authentication.k8s.io/v1/selfsubjectreviews",
      ":method": "POST",
      "content-type": "application/json",
    });
    stream.end("{}");
    let text = "";
    for await (const chunk of stream) text += String(chunk);
    session.close();
    expect(JSON.parse(text)).toMatchObject({
      kind: "SelfSubjectReview",
      status: { userInfo: { username: "jo", groups: ["system:masters", "staff", "system:authenticated"] } },
    });
  });

  test("a new token replaces the one its holder had, and none is kept readable", async () => {
    const first = await fixture.server.issueToken("system:agent:m1", ["system:agents"]);
    const second = await fixture.server.issueToken("system:agent:m1", ["system:agents"]);
    expect((await fixture.ask(VOLUMES, { token: first })).status).toBe(401);
    expect((await fixture.ask(VOLUMES, { token: second })).status).toBe(200);
    const kept = await readFile(join(fixture.socketPath, "../tokens.json"), "utf8");
    expect(kept).not.toContain(second);
  });

  test("derived kinds are written by controllers and reported on by agents, not by people", async () => {
    const path = "/apis/package.freehold.dev/v1alpha1/archives";
    const body = { metadata: { name: "a" }, spec: { machine: "m1" } };
    await fixture.server.store.create(archiveKind, archiveKind.draft({ name: "b" }, body.spec), {
      name: "x",
    });
    expect(await post(body, path)).toMatchObject({
      status: 403,
      json: {
        reason: "Forbidden",
        message: expect.stringContaining("Archive is derived: it is written by a controller only"),
      },
    });
    const token = await fixture.server.issueToken("system:agent:m1", ["system:agents"]);
    const report = { method: "PATCH", body: { status: { size: 1 } }, headers: MERGE };
    expect((await fixture.ask(`${path}/b/status`, report)).status).toBe(403);
    expect((await fixture.ask(`${path}/b/status`, { ...report, token })).status).toBe(200);
    expect((await fixture.ask(path, { method: "POST", body, token })).status).toBe(403);
  });

  test("agents may speak for packages, administrators for anybody, others for themselves", async () => {
    const reviews = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    const as = (token: string, user: string, group: string) =>
      fixture.ask(reviews, {
        method: "POST",
        body: {},
        token,
        headers: { "impersonate-user": user, "impersonate-group": group },
      });
    const agent = await fixture.server.issueToken("system:agent:m1", ["system:agents"]);
    const person = await fixture.server.issueToken("jo", ["staff"]);
    const web = "system:package:default:web";
    await fixture.server.store.create(
      containerKind,
      containerKind.draft({ name: "web", namespace: "default" }, CONTAINER),
      { name: "x" },
    );
    expect((await as(agent, web, "system:packages")).json).toMatchObject({
      status: { userInfo: { username: web, groups: ["system:packages", "system:authenticated"] } },
    });
    expect((await as(agent, web, "system:packages,system:masters")).status).toBe(403);
    expect((await as(agent, "admin", "system:masters")).status).toBe(403);
    expect((await as(person, web, "system:packages")).status).toBe(403);
    expect((await as("wrong", web, "system:packages")).status).toBe(401);
    expect((await as(fixture.token, "jo", "staff")).json).toMatchObject({
      status: { userInfo: { username: "jo" } },
    });
  });

  test("a package writes what it says about itself, and nothing else", async () => {
    const token = await fixture.server.issueToken("system:package:default:web", ["system:packages"]);
    const reports = "/apis/package.freehold.dev/v1alpha1/namespaces/default/servicereports";
    const report = (name: string) => ({ metadata: { name }, spec: { package: name, start: 1 } });
    const as = (path: string, method = "GET", body?: unknown) => fixture.ask(path, { method, body, token });
    expect((await as(reports, "POST", report("web"))).status).toBe(201);
    expect((await as(reports, "POST", report("other"))).status).toBe(403);
    const store = fixture.server.store;
    expect((await as(`${reports}/web`)).status).toBe(200);
    expect(
      (await as(`${reports}/web`, "PUT", { ...report("web"), spec: { package: "other", start: 1 } })).status,
    ).not.toBe(200);
    expect((await as(VOLUMES)).status).toBe(403);
    expect((await as("/api/v1/namespaces/default/secrets")).status).toBe(403);
    expect((await as(reports.replace("default", "kube-system"))).status).toBe(403);
    expect((await as("/apis/package.freehold.dev/v1alpha1/namespaces/default/packages/web")).status).toBe(
      404,
    );
    expect((await as("/apis/package.freehold.dev/v1alpha1/namespaces/default/packages/other")).status).toBe(
      403,
    );
    expect(await store.get(archiveKind, "none")).toBeUndefined();
  });
});

describe("how requests and answers look", () => {
  test("unknown paths, methods and types say what is wrong", async () => {
    expect((await fixture.ask("/apis/none/v1/things")).json).toMatchObject({ code: 404, reason: "NotFound" });
    expect((await fixture.ask(`${VOLUMES}/`)).status).toBe(404);
    expect((await fixture.ask(VOLUMES, { method: "PUT", body: {} })).status).toBe(405);
    expect(await post("x", VOLUMES, { "content-type": "text/plain" })).toMatchObject({
      status: 415,
      json: {
        message: expect.stringMatching(
          /^the body of the request was in an unknown format - accepted media types include: /,
        ),
      },
    });
    expect((await fixture.ask(VOLUMES, { headers: { accept: "application/cbor" } })).status).toBe(406);
    expect(
      (await post(`{"metadata":{"name":"big"},"spec":{"machine":"${"x".repeat(3 * 1024 * 1024)}"}}`)).status,
    ).toBe(413);
    expect((await post("{nope")).json).toMatchObject({
      code: 400,
      message: expect.stringContaining("Cannot read JSON"),
    });
  });

  test("an object comes as JSON, YAML, table or metadata, pretty for people", async () => {
    await post(volume("a"));
    const get = (headers: Record<string, string>) => fixture.ask(`${VOLUMES}/a`, { headers });
    expect((await get({})).text).toMatch(/^\{.*\}\n$/);
    expect((await get({ "user-agent": "curl/8" })).text).toContain('\n  "kind"');
    expect(parse((await get({ accept: "application/yaml" })).text)).toMatchObject({ kind: "Volume" });
    expect(
      (await get({ accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json" })).json,
    ).toMatchObject({
      kind: "Table",
      rows: [{ cells: ["a", true, null, null, expect.any(String)] }],
    });
    expect(
      (await get({ accept: "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io" })).json,
    ).toEqual({
      kind: "PartialObjectMetadata",
      apiVersion: "meta.k8s.io/v1",
      metadata: expect.objectContaining({ name: "a" }),
    });
    const head = await fixture.ask(`${VOLUMES}/a`, { method: "HEAD" });
    expect(head).toMatchObject({ status: 200, text: "" });
    expect(head.headers["audit-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("YAML goes in, and doubled or unknown fields are refused, told or ignored as asked", async () => {
    const yaml = { "content-type": "application/yaml" };
    expect((await post("metadata: {name: y}\nspec: {machine: m1}\n", VOLUMES, yaml)).status).toBe(201);
    const odd = '{"metadata":{"name":"odd"},"spec":{"machine":"m1","machine":"m2","colour":1}}';
    const refused = await post(odd, `${VOLUMES}?fieldValidation=Strict`);
    expect(refused).toMatchObject({
      status: 400,
      json: { message: expect.stringContaining('strict decoding error: duplicate field "spec.machine"') },
    });
    const warned = await post(odd, `${VOLUMES}?dryRun=All`);
    expect(warned.status).toBe(201);
    expect(warned.headers["warning"]).toContain('299 - "unknown field \\"spec.colour\\""');
    expect((await post(odd, `${VOLUMES}?fieldValidation=Ignore`)).headers["warning"]).toBeUndefined();
  });

  test("a review has no table", async () => {
    const headers = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" };
    const reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    expect((await post({ spec: {} }, reviews, headers)).status).toBe(406);
  });

  test("long answers are compressed for those who take it", async () => {
    const data = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k${i}`, "x".repeat(1000)]));
    await post({ metadata: { name: "long" }, data }, "/api/v1/namespaces/default/configmaps");
    const chunks: Buffer[] = [];
    const encoding = await new Promise((resolve, reject) => {
      request(
        {
          host: "127.0.0.1",
          port: fixture.server.port,
          ca: fixture.server.caCertificate,
          path: "/api/v1/namespaces/default/configmaps/long",
          headers: { authorization: `Bearer ${fixture.token}`, "accept-encoding": "gzip" },
        },
        (response) => {
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () => resolve(response.headers["content-encoding"]));
        },
      )
        .on("error", reject)
        .end();
    });
    expect(encoding).toBe("gzip");
    expect(JSON.parse(gunzipSync(Buffer.concat(chunks)).toString())).toMatchObject({
      metadata: { name: "long" },
    });
  });

  test("PUT of our kinds needs a version; merge and JSON patches work, strategic ones only on built-in kinds", async () => {
    await post(volume("a"));
    expect((await fixture.ask(`${VOLUMES}/a`, { method: "PUT", body: volume("a") })).json).toMatchObject({
      code: 422,
      message: expect.stringContaining(
        "metadata.resourceVersion: Invalid value: 0: must be specified for an update",
      ),
    });
    const patch = (type: string, body: unknown, path = `${VOLUMES}/a`) =>
      fixture.ask(path, { method: "PATCH", body, headers: { "content-type": type } });
    expect((await patch("application/merge-patch+json", { spec: { size: "1Gi" } })).json).toMatchObject({
      spec: { size: "1Gi" },
    });
    expect(
      (await patch("application/json-patch+json", [{ op: "remove", path: "/spec/size" }])).json,
    ).toMatchObject({
      spec: { machine: "m1", retain: true },
    });
    expect((await patch("application/strategic-merge-patch+json", {})).status).toBe(415);
    const namespace = "/api/v1/namespaces/default";
    expect(
      (await patch("application/strategic-merge-patch+json", { metadata: { labels: { a: "b" } } }, namespace))
        .status,
    ).toBe(200);
    expect((await patch("application/merge-patch+json", { metadata: { resourceVersion: "1" } })).status).toBe(
      409,
    );
  });
});

describe("documents", () => {
  test("aggregated discovery answers 304 without a type to one who has it", async () => {
    const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json";
    const first = await fixture.ask("/apis", { headers: { accept } });
    expect(first.headers["content-type"]).toBe(
      "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
    );
    const etag = String(first.headers["etag"]);
    const again = await fixture.ask("/apis", { headers: { accept, "if-none-match": etag } });
    expect(again).toMatchObject({ status: 304, text: "" });
    expect(again.headers["content-type"]).toBeUndefined();
  });

  test("old clients find groups and resources", async () => {
    expect((await fixture.ask("/api")).json).toMatchObject({ kind: "APIVersions", versions: ["v1"] });
    expect((await fixture.ask("/apis")).json).toMatchObject({ kind: "APIGroupList" });
    expect((await fixture.ask("/apis/storage.freehold.dev")).json).toMatchObject({
      preferredVersion: { groupVersion: "storage.freehold.dev/v1alpha1" },
    });
    expect((await fixture.ask("/api/v1")).json).toMatchObject({
      resources: expect.arrayContaining([expect.objectContaining({ name: "namespaces/status" })]),
    });
    expect((await fixture.ask("/apis/none")).status).toBe(404);
  });

  test("OpenAPI v3 is found by hash and says what a patch takes", async () => {
    const { paths } = (await fixture.ask("/openapi/v3")).json as {
      paths: Record<string, { serverRelativeURL: string }>;
    };
    const url = paths["apis/storage.freehold.dev/v1alpha1"]?.serverRelativeURL ?? "";
    const found = await fixture.ask(url);
    expect(found.headers["cache-control"]).toContain("immutable");
    const stale = await fixture.ask("/openapi/v3/apis/storage.freehold.dev/v1alpha1?hash=OLD");
    expect(stale).toMatchObject({ status: 301, headers: { location: url } });
    const document = found.json as { paths: Record<string, { patch: { parameters: { name: string }[] } }> };
    const item = document.paths["/apis/storage.freehold.dev/v1alpha1/namespaces/{namespace}/volumes/{name}"];
    expect(item?.patch.parameters.map(({ name }) => name)).toEqual([
      "dryRun",
      "fieldManager",
      "fieldValidation",
      "force",
    ]);
    expect(found.text).not.toContain("patternProperties");
  });
});

describe("watches", () => {
  test("end with a bookmark when their time is over", async () => {
    await post(volume("a"));
    const { text } = await fixture.ask(`${VOLUMES}?watch=1&timeoutSeconds=1&allowWatchBookmarks=true`);
    const frames = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; object: object });
    expect(frames.map(({ type }) => type)).toEqual(["ADDED", "BOOKMARK"]);
    expect(frames[1]?.object).toEqual({
      kind: "Volume",
      apiVersion: "storage.freehold.dev/v1alpha1",
      metadata: { resourceVersion: expect.stringMatching(/^[1-9]\d*$/), creationTimestamp: null },
    });
  });

  test("mark the end of the initial state, tell columns once, and refuse what does not go together", async () => {
    await post(volume("a"));
    await post(volume("b"));
    const list = await fixture.ask(
      `${VOLUMES}?watch=1&timeoutSeconds=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=1`,
    );
    expect(list.text).toContain('"k8s.io/initial-events-end":"true"');
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    const table = await fixture.ask(`${VOLUMES}?watch=1&timeoutSeconds=1`, { headers: { accept } });
    const columns = table.text
      .trim()
      .split("\n")
      .map(
        (line) => (JSON.parse(line) as { object: { columnDefinitions: unknown } }).object.columnDefinitions,
      );
    expect(columns).toEqual([expect.any(Array), null]);
    expect((await fixture.ask(`${VOLUMES}?watch=1&sendInitialEvents=true`)).status).toBe(422);
  });

  test("from a position that is gone say 410 in the stream", async () => {
    await post(volume("a"));
    await fixture.backend.compact(await fixture.backend.revision());
    const { status, text } = await fixture.ask(`${VOLUMES}?watch=1&resourceVersion=1`);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      type: "ERROR",
      object: { kind: "Status", code: 410, reason: "Expired" },
    });
  });

  test("hundreds share one connection, and all end when the server stops", async () => {
    const session = connect(`https://127.0.0.1:${fixture.server.port}`, { ca: fixture.server.caCertificate });
    const streams = Array.from({ length: 200 }, () =>
      session.request({ ":path": `${VOLUMES}?watch=1`, authorization: `Bearer ${fixture.token}` }),
    );
    const texts = streams.map((stream) => {
      const seen = { text: "" };
      stream.on("data", (chunk: Buffer) => (seen.text += chunk.toString()));
      return { seen, ended: new Promise((resolve) => stream.on("end", resolve)) };
    });
    await Promise.all(streams.map((stream) => new Promise((resolve) => stream.on("response", resolve))));
    const first = Promise.all(
      streams.map((stream) => new Promise((resolve) => stream.once("data", resolve))),
    );
    await post(volume("a"));
    await first;
    await fixture.server.stop();
    await Promise.all(texts.map(({ ended }) => ended));
    expect(new Set(texts.map(({ seen }) => seen.text.slice(0, 14)))).toEqual(new Set(['{"type":"ADDED']));
  });
});

describe("what happens by itself", () => {
  /** Waits on the store's own watch until the object is gone. */
  async function gone(name: string): Promise<void> {
    const { store } = fixture.server;
    const { items, resourceVersion } = await store.list(volumeKind);
    if (!items.some(({ metadata }) => metadata.name === name)) return;
    const end = new AbortController();
    for await (const change of store.watch(volumeKind, resourceVersion, end.signal)) {
      if (change.type === "delete" && change.resource.metadata.name === name) end.abort();
    }
  }

  test("dependents go when their owner is gone", async () => {
    const owner = (await post(volume("owner"))).json as { metadata: { uid: string } };
    const ownerReferences = [{ apiVersion: "v1", kind: "Volume", name: "owner", uid: owner.metadata.uid }];
    await post(volume("child", { ownerReferences }));
    expect(
      (await fixture.ask(`${VOLUMES}/owner`, { method: "DELETE", body: { propagationPolicy: "Background" } }))
        .json,
    ).toMatchObject({
      kind: "Status",
      status: "Success",
      details: { name: "owner", group: "storage.freehold.dev", kind: "volumes", uid: owner.metadata.uid },
    });
    await gone("child");
  });

  test("foreground deletion takes the dependents first", async () => {
    const owner = (await post(volume("owner"))).json as { metadata: { uid: string } };
    const ownerReferences = [{ apiVersion: "v1", kind: "Volume", name: "owner", uid: owner.metadata.uid }];
    await post(volume("child", { ownerReferences }));
    await fixture.ask(`${VOLUMES}/owner`, { method: "DELETE", body: { propagationPolicy: "Foreground" } });
    await gone("owner");
    expect((await fixture.ask(`${VOLUMES}/child`)).status).toBe(404);
  });

  test("deletecollection deletes what the selector finds", async () => {
    await post(volume("a", { labels: { go: "yes" } }));
    await post(volume("b"));
    expect((await fixture.ask(`${VOLUMES}?labelSelector=go`, { method: "DELETE" })).status).toBe(200);
    expect((await fixture.ask(VOLUMES)).json).toMatchObject({ items: [{ metadata: { name: "b" } }] });
  });
});

describe("registryStore()", () => {
  test("speaks the store's words", async () => {
    const { store } = fixture.server;
    const by = { name: "test" };
    const draft = volumeKind.draft({ name: "a", namespace: "default" }, { machine: "m1", retain: true });
    const created = await store.create(volumeKind, draft, by);
    await expect(store.create(volumeKind, draft, by)).rejects.toMatchObject({ code: "Exists" });
    const seen = await store.updateStatus(volumeKind, { ...created, status: { path: "/x" } }, by);
    expect(seen.status).toEqual({ path: "/x" });
    await expect(
      store.update(volumeKind, { ...created, spec: { ...created.spec, retain: false } }, by),
    ).rejects.toMatchObject({ code: "Conflict" });
    const odd = volumeKind.decode({ ...seen, status: { odd: 1 } });
    await expect(store.updateStatus(volumeKind, odd, by)).rejects.toMatchObject({ code: "Invalid" });
    await store.delete(volumeKind, volumeKind.ref("a", "default"), by, "other").catch((error: unknown) => {
      expect(error).toMatchObject({ code: "Conflict" });
    });
    await store.delete(volumeKind, volumeKind.ref("a", "default"), by);
    await store.delete(volumeKind, volumeKind.ref("a", "default"), by);
    expect(await store.get(volumeKind, "a", "default")).toBeUndefined();
  });
});
