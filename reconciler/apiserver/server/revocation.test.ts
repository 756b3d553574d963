import { request } from "node:https";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { at } from "../json/json-object.ts";
import { type Answer, type ServerFixture, serverFixture } from "../testing/server-fixture.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces/default";
const KINDS = "/apis/system.freehold.dev/v1alpha1";
const ACCOUNTS = "/api/v1/namespaces/default/serviceaccounts";
/** Would go on for longer than any test may take. */
const WATCH = "/api/v1/namespaces/default/configmaps?watch=1&timeoutSeconds=600";

let f: ServerFixture;
beforeAll(async () => {
  f = await serverFixture();
  const rules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["watch"] }];
  await post(`${RBAC}/roles`, { metadata: { name: "watcher" }, rules });
});
afterAll(() => f.close());

const post = (path: string, body: object): Promise<Answer> => f.ask(path, { method: "POST", body });
const remove = (path: string): Promise<Answer> => f.ask(path, { method: "DELETE" });
const textAt = (answer: Answer, ...path: string[]): string => String(at(answer.json, ...path));

async function give(name: string, subject: object): Promise<void> {
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "watcher" };
  expect(
    (await post(`${RBAC}/rolebindings`, { metadata: { name }, subjects: [subject], roleRef })).status,
  ).toBe(201);
}

describe("a watch ends when its reader may no longer see it", () => {
  it("because the binding is gone", async () => {
    const token = await f.server.issueToken("ann", []);
    await give("ann", { kind: "User", name: "ann" });
    const watch = f.ask(WATCH, { token });
    // When a short one is over, the one before it is open.
    expect((await f.ask(WATCH.replace("600", "1"), { token })).status).toBe(200);
    await remove(`${RBAC}/rolebindings/ann`);
    expect((await watch).status).toBe(200);
    expect((await f.ask(WATCH, { token })).status).toBe(403);
  });

  it("because the service account is gone", async () => {
    await post(ACCOUNTS, { metadata: { name: "ci" } });
    await give("ci", { kind: "ServiceAccount", name: "ci", namespace: "default" });
    const token = textAt(await post(`${ACCOUNTS}/ci/token`, { spec: {} }), "status", "token");
    const watch = f.ask(WATCH, { token });
    // When a short one is over, the one before it is open.
    expect((await f.ask(WATCH.replace("600", "1"), { token })).status).toBe(200);
    await remove(`${ACCOUNTS}/ci`);
    expect((await watch).status).toBe(200);
    expect((await f.ask(WATCH, { token })).status).toBe(401);
  });

  it("because the token was revoked, and goes on when something else was", async () => {
    await post(`${KINDS}/accesstokens`, { metadata: { name: "one" }, spec: { user: "bob" } });
    await post(`${KINDS}/accesstokens`, { metadata: { name: "two" }, spec: { user: "bob" } });
    await give("bob", { kind: "User", name: "bob" });
    const issue = async (name: string) =>
      textAt(await post(`${KINDS}/accesstokens/${name}/token`, {}), "status", "token");
    const [one, two] = [await issue("one"), await issue("two")];
    let isOver = false;
    const watch = f.ask(WATCH, { token: one }).finally(() => (isOver = true));
    const other = f.ask(WATCH.replace("600", "2"), { token: two });
    // When a short one is over, the one before it is open.
    expect((await f.ask(WATCH.replace("600", "1"), { token: one })).status).toBe(200);
    await remove(`${KINDS}/accesstokens/two`);
    expect((await other).status).toBe(200);
    expect(isOver).toBe(false);
    await remove(`${KINDS}/accesstokens/one`);
    expect((await watch).status).toBe(200);
  });
});

describe("a request for another host", () => {
  it("is answered for none of our names, whoever asks", async () => {
    for (const path of ["/healthz", "/session", WATCH])
      expect(await statusFor("rebound.example", path)).toBe(421);
    expect(await statusFor("example.test:6443", "/healthz")).toBe(200);
    expect((await f.askSocket("/healthz", { headers: { host: "rebound.example" } })).status).toBe(200);
  });
});

/** As a browser would that was told another name for this address. */
function statusFor(host: string, path: string): Promise<number | undefined> {
  const at = { host: "127.0.0.1", servername: "localhost", port: f.server.port, ca: f.server.caCertificate };
  return new Promise((resolve, reject) => {
    const sent = request({ ...at, path, headers: { host } }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode));
    });
    sent.on("error", reject);
    sent.end();
  });
}
