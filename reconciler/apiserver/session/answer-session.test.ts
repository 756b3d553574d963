import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { at } from "../json/json-object.ts";
import { type Answer, type ServerFixture, serverFixture } from "../testing/server-fixture.ts";

const SELF = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
const MAPS = "/api/v1/namespaces/default/configmaps";
const KINDS = "/apis/system.freehold.dev/v1alpha1";
const FIRST = "the first password";

let now = Date.parse("2026-01-01T00:00:00Z");
let f: ServerFixture;
let origin: string;
beforeAll(async () => {
  f = await serverFixture({ clock: () => now });
  origin = `https://127.0.0.1:${f.server.port}`;
});
afterAll(() => f.close());

interface Browser {
  readonly cookie?: string;
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** As a page of our own would ask. */
const browse = (
  path: string,
  { cookie, method = "GET", body, headers = {} }: Browser = {},
): Promise<Answer> =>
  f.ask(path, {
    token: "",
    method,
    body,
    headers: { ...(method !== "GET" && { origin }), ...(cookie !== undefined && { cookie }), ...headers },
  });
const cookieOf = ({ headers }: Answer): string => String(headers["set-cookie"]).split(";")[0] ?? "";
const signIn = (user: string, password: string): Promise<Answer> =>
  browse("/session", { method: "POST", body: { user, password } });

describe("the first login", () => {
  it("sets the administrator's password once, by an administrator's token", async () => {
    const first = (secret: string, password: string) =>
      browse("/session/first-login", { method: "POST", body: { secret, password } });
    const other = await f.server.issueToken("jo", ["staff"]);
    expect((await first(other, FIRST)).status).toBe(401);
    expect((await first("nonsense", FIRST)).status).toBe(401);
    expect((await first(f.token, "short")).status).toBe(400);
    const answer = await first(f.token, FIRST);
    expect(answer).toMatchObject({ status: 201, json: { kind: "SessionInfo", user: "admin" } });
    expect(String(answer.headers["set-cookie"])).toMatch(
      /^__Host-freehold=[0-9a-f]{20}\.[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=1209600$/,
    );
    expect((await first(f.token, "another password")).status).toBe(409);
    expect((await f.ask(MAPS)).status).toBe(200);
  });
});

describe("a session", () => {
  it("opens the API to its browser, until it is signed out", async () => {
    const cookie = cookieOf(await signIn("admin", FIRST));
    expect((await browse("/session", { cookie })).json).toMatchObject({
      user: "admin",
      groups: ["system:masters", "system:authenticated"],
    });
    expect((await browse(MAPS, { cookie })).status).toBe(200);
    const self = await browse(SELF, { cookie, method: "POST", body: {} });
    expect(at(self.json, "status", "userInfo", "extra")).toEqual({
      "freehold.dev/session": [cookie.slice(16, 36)],
    });
    const out = await browse("/session", { cookie, method: "DELETE" });
    expect(String(out.headers["set-cookie"])).toContain("Max-Age=0");
    expect((await browse(MAPS, { cookie })).status).toBe(401);
    expect((await browse("/session", { cookie })).status).toBe(401);
  });

  it("is of no use to pages of others, and no credential falls back to another", async () => {
    const cookie = cookieOf(await signIn("admin", FIRST));
    const body = { metadata: { name: "forged" } };
    const write = (headers: Record<string, string>) =>
      f.ask(MAPS, { token: "", method: "POST", body, headers: { cookie, ...headers } });
    expect((await write({})).status).toBe(401);
    expect((await write({ origin: "https://evil.example" })).status).toBe(401);
    expect((await write({ origin: "null" })).status).toBe(401);
    expect((await write({ "sec-fetch-site": "cross-site" })).status).toBe(401);
    expect((await write({ "sec-fetch-site": "same-origin" })).status).toBe(201);
    expect((await browse(MAPS, { cookie, headers: { origin: "https://evil.example" } })).status).toBe(401);
    expect((await browse(MAPS, { cookie, headers: { "sec-fetch-site": "cross-site" } })).status).toBe(401);
    expect((await f.ask(MAPS, { token: "wrong", headers: { cookie } })).status).toBe(401);
    expect((await f.ask("/healthz", { token: "", headers: { cookie: `${cookie}x` } })).status).toBe(401);
    expect((await f.ask(MAPS, { token: "", headers: { cookie: `${cookie}; ${cookie}` } })).status).toBe(401);
    const foreign = { origin: "https://evil.example" };
    expect(
      (
        await browse("/session", {
          method: "POST",
          body: { user: "admin", password: FIRST },
          headers: foreign,
        })
      ).status,
    ).toBe(403);
  });

  it("is listed and revoked by its user, and by administrators as an object", async () => {
    const mine = cookieOf(await signIn("admin", FIRST));
    const lost = cookieOf(await signIn("admin", FIRST));
    const { json } = await browse("/sessions", { cookie: mine });
    const items = json["items"] as { name: string; current: boolean; from: string }[];
    expect(items.filter(({ current }) => current)).toMatchObject([
      { name: mine.slice(16, 36), from: "127.0.0.1" },
    ]);
    expect((await browse(`/sessions/${lost.slice(16, 36)}`, { cookie: mine, method: "DELETE" })).status).toBe(
      200,
    );
    expect((await browse(MAPS, { cookie: lost })).status).toBe(401);
    const path = `${KINDS}/sessions/${mine.slice(16, 36)}`;
    const kept = await f.ask(path);
    expect(kept.text).not.toContain(mine.slice(37));
    expect(
      (await f.ask(`${KINDS}/sessions`, { method: "POST", body: { metadata: { name: "x" }, spec: {} } }))
        .status,
    ).toBe(403);
    expect((await f.ask(path, { method: "DELETE" })).status).toBe(200);
    expect((await browse(MAPS, { cookie: mine })).status).toBe(401);
  });

  it("ends after two weeks", async () => {
    const cookie = cookieOf(await signIn("admin", FIRST));
    now += 14 * 24 * 3600 * 1000 - 1000;
    expect((await browse(MAPS, { cookie })).status).toBe(200);
    now += 1000;
    expect((await browse(MAPS, { cookie })).status).toBe(401);
  });
});

describe("signing in", () => {
  it("tells nobody whether a user is known, and makes guessing slow", async () => {
    const wrong = await signIn("admin", "not the password");
    const unknown = await signIn("nobody", "not the password");
    expect([wrong.status, wrong.json["message"]]).toEqual([unknown.status, unknown.json["message"]]);
    let answer = wrong;
    for (let i = 0; i < 10 && answer.status !== 429; i += 1)
      answer = await signIn("admin", "not the password");
    expect(answer).toMatchObject({ status: 429, headers: { "retry-after": "1" } });
    expect((await signIn("admin", FIRST)).status).toBe(429);
    now += 1000;
    expect((await signIn("admin", FIRST)).status).toBe(201);
  });

  it("takes JSON only, and no other methods", async () => {
    const form = { "content-type": "application/x-www-form-urlencoded" };
    expect(
      (await browse("/session", { method: "POST", body: "user=a&password=b", headers: form })).status,
    ).toBe(400);
    expect((await browse("/session", { method: "POST", body: { user: "admin" } })).status).toBe(400);
    expect((await browse("/session", { method: "PUT", body: {} })).status).toBe(405);
    expect((await browse("/sessions/nothing", { method: "DELETE" })).status).toBe(401);
  });

  it("changes one's password by the current one, and signs other browsers out", async () => {
    const mine = cookieOf(await signIn("admin", FIRST));
    const other = cookieOf(await signIn("admin", FIRST));
    const change = (body: object) => browse("/session/password", { cookie: mine, method: "POST", body });
    expect((await change({ current: "wrong wrong wrong", password: "a second password" })).status).toBe(403);
    expect((await change({ current: FIRST, password: "a second password" })).status).toBe(200);
    expect((await browse(MAPS, { cookie: other })).status).toBe(401);
    expect((await browse(MAPS, { cookie: mine })).status).toBe(200);
    expect((await signIn("admin", FIRST)).status).toBe(401);
    expect((await change({ current: "a second password", password: FIRST })).status).toBe(200);
  });
});

describe("users", () => {
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    f.ask(path, { method: "POST", body, headers });

  it("are made by who may act as them, get their password from there, and go with it", async () => {
    const ann = { metadata: { name: "ann" }, spec: { groups: ["staff"] } };
    const rules = [
      { apiGroups: ["system.freehold.dev"], resources: ["people", "accesstokens"], verbs: ["*"] },
    ];
    const rbac = "/apis/rbac.authorization.k8s.io/v1";
    await post(`${rbac}/clusterroles`, { metadata: { name: "people" }, rules });
    const subjects = [{ kind: "User", name: "pia" }];
    await post(`${rbac}/clusterrolebindings`, {
      metadata: { name: "people" },
      subjects,
      roleRef: { kind: "ClusterRole", name: "people" },
    });
    const pia = { "impersonate-user": "pia" };
    expect((await post(`${KINDS}/people`, ann, pia)).json["message"]).toContain(
      'cannot impersonate resource "users"',
    );
    expect((await post(`${KINDS}/people`, ann)).status).toBe(201);
    expect(
      (await post("/session/password", { user: "ann", password: "ann's own password" }, pia)).status,
    ).toBe(403);
    expect((await post("/session/password", { user: "ann", password: "ann's own password" })).status).toBe(
      200,
    );
    const cookie = cookieOf(await signIn("ann", "ann's own password"));
    expect((await browse("/session", { cookie })).json).toMatchObject({
      user: "ann",
      groups: ["staff", "system:authenticated"],
    });
    expect((await browse(MAPS, { cookie })).status).toBe(403);
    const merge = { "content-type": "application/merge-patch+json" };
    await f.ask(`${KINDS}/people/ann`, {
      method: "PATCH",
      headers: merge,
      body: { spec: { disabled: true } },
    });
    expect((await browse("/session", { cookie })).status).toBe(401);
    expect((await signIn("ann", "ann's own password")).status).toBe(401);
    await f.ask(`${KINDS}/people/ann`, { method: "DELETE" });
    await post(`${KINDS}/people`, ann);
    now += 60_000;
    expect((await signIn("ann", "ann's own password")).status).toBe(401);
  });

  it("act through tokens that are listed, end and are revoked", async () => {
    const token = {
      metadata: { name: "backup" },
      spec: { user: "robot", groups: ["staff"], expires: new Date(now + 60_000).toISOString() },
    };
    const pia = { "impersonate-user": "pia" };
    expect((await post(`${KINDS}/accesstokens`, token, pia)).status).toBe(403);
    expect((await post(`${KINDS}/accesstokens`, token)).status).toBe(201);
    expect((await post(`${KINDS}/accesstokens/backup/token`, {}, pia)).status).toBe(403);
    const issue = async () =>
      String(at((await post(`${KINDS}/accesstokens/backup/token`, {})).json, "status", "token"));
    const first = await issue();
    const whoIs = (text: string) => f.ask(SELF, { method: "POST", body: {}, token: text });
    expect((await whoIs(first)).json).toMatchObject({
      status: { userInfo: { username: "robot", groups: ["staff", "system:authenticated"] } },
    });
    const second = await issue();
    expect((await whoIs(first)).status).toBe(401);
    expect((await whoIs(second)).status).toBe(201);
    expect((await f.ask(`${KINDS}/accesstokens/backup`)).text).not.toContain(second.split("~")[2]);
    now += 60_000;
    expect((await whoIs(second)).status).toBe(401);
    now -= 60_000;
    await f.ask(`${KINDS}/accesstokens/backup`, { method: "DELETE" });
    expect((await whoIs(second)).status).toBe(401);
  });
});
