import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { at } from "../json/json-object.ts";
import { type Answer, type ServerFixture, serverFixture } from "../testing/server-fixture.ts";

const ACCOUNTS = "/api/v1/namespaces/default/serviceaccounts";
const SELF = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
const REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews";
const OWN = "https://kubernetes.default.svc.cluster.local";

let now = Date.parse("2026-01-01T00:00:00Z");
let f: ServerFixture;
beforeAll(async () => {
  f = await serverFixture({ clock: () => now });
  await f.ask(ACCOUNTS, { method: "POST", body: { metadata: { name: "ci" } } });
});
afterAll(() => f.close());

const request = (spec: object = {}, name = "ci"): Promise<Answer> =>
  f.ask(`${ACCOUNTS}/${name}/token`, { method: "POST", body: { spec } });
async function tokenOf(spec: object = {}, name = "ci"): Promise<string> {
  const token = at((await request(spec, name)).json, "status", "token");
  if (typeof token !== "string") throw new Error("no token came");
  return token;
}
const whoIs = (token: string): Promise<Answer> => f.ask(SELF, { method: "POST", body: {}, token });
const review = async (spec: object): Promise<unknown> =>
  (await f.ask(REVIEWS, { method: "POST", body: { spec } })).json["status"];

describe("tokens of service accounts", () => {
  it("name the account, and end when they say", async () => {
    const answer = await request({ expirationSeconds: 600 });
    expect(answer).toMatchObject({
      status: 201,
      json: {
        kind: "TokenRequest",
        spec: { audiences: [OWN], expirationSeconds: 600 },
        status: { expirationTimestamp: "2026-01-01T00:10:00Z" },
      },
    });
    const token = String(at(answer.json, "status", "token"));
    expect((await whoIs(token)).json).toMatchObject({
      status: {
        userInfo: {
          username: "system:serviceaccount:default:ci",
          groups: ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"],
        },
      },
    });
    now += 600_000;
    expect((await whoIs(token)).status).toBe(401);
  });

  it("are refused for other audiences, and end with account and bound object", async () => {
    const vault = await tokenOf({ audiences: ["vault"] });
    expect((await whoIs(vault)).status).toBe(401);
    expect((await f.ask("/healthz", { token: vault })).status).toBe(401);
    const maps = "/api/v1/namespaces/default/configmaps";
    await f.ask(maps, { method: "POST", body: { metadata: { name: "tie" } } });
    const tie = { apiVersion: "v1", kind: "ConfigMap", name: "tie" };
    const bound = await tokenOf({ boundObjectRef: tie });
    expect((await whoIs(bound)).status).toBe(201);
    await f.ask(`${maps}/tie`, { method: "DELETE" });
    expect((await whoIs(bound)).status).toBe(401);
    await f.ask(ACCOUNTS, { method: "POST", body: { metadata: { name: "brief" } } });
    const brief = await tokenOf({}, "brief");
    await f.ask(`${ACCOUNTS}/brief`, { method: "DELETE" });
    await f.ask(ACCOUNTS, { method: "POST", body: { metadata: { name: "brief" } } });
    expect((await whoIs(brief)).status).toBe(401);
  });

  it.each([
    [{ expirationSeconds: 60 }, 422, "may not specify a duration less than 10 minutes"],
    [{ expirationSeconds: "soon" }, 400, "wanted a whole number of seconds"],
    [{ audiences: [1] }, 400, "spec.audiences"],
    [{ boundObjectRef: { kind: "Nothing", apiVersion: "v1", name: "x" } }, 400, "cannot bind token"],
    [{ boundObjectRef: { kind: "Secret", apiVersion: "v1", name: "x" } }, 404, "not found"],
    [
      { boundObjectRef: { kind: "Namespace", apiVersion: "v1", name: "default", uid: "x" } },
      409,
      "does not match",
    ],
  ])("%j is refused with %i", async (spec, status, message) => {
    expect(await request(spec)).toMatchObject({
      status,
      json: { message: expect.stringContaining(message) },
    });
  });

  it("are given to those who may create serviceaccounts/token", async () => {
    const headers = { "impersonate-user": "ann" };
    const answer = await f.ask(`${ACCOUNTS}/ci/token`, { method: "POST", body: {}, headers });
    expect(answer.json["message"]).toBe(
      'serviceaccounts "ci" is forbidden: User "ann" cannot create resource "serviceaccounts/token" in API group "" in the namespace "default"',
    );
    expect((await request({}, "nobody")).status).toBe(404);
  });

  it("are never longer than a month", async () => {
    expect((await request({ expirationSeconds: 10 ** 9 })).json).toMatchObject({
      spec: { expirationSeconds: 30 * 24 * 3600 },
    });
  });
});

describe("TokenReview", () => {
  it("tells whose a token is, and for whom it was given", async () => {
    const vault = await tokenOf({ audiences: ["vault", "other"] });
    expect(await review({ token: vault, audiences: ["vault", "x"] })).toMatchObject({
      authenticated: true,
      user: { username: "system:serviceaccount:default:ci" },
      audiences: ["vault"],
    });
    expect(await review({ token: vault })).toMatchObject({ authenticated: false });
    expect(await review({ token: f.token })).toMatchObject({
      authenticated: true,
      user: { username: "admin" },
    });
    expect(await review({ token: f.token, audiences: ["vault"] })).toMatchObject({ authenticated: false });
    expect(await review({ token: "nonsense" })).toMatchObject({ authenticated: false });
    const { text } = await f.ask(REVIEWS, { method: "POST", body: { spec: { token: f.token } } });
    expect(text).not.toContain(f.token);
  });
});

describe("what is there for whoever checks our tokens", () => {
  it("is keys and where they are, for service accounts", async () => {
    const token = await tokenOf();
    const keys = await f.ask("/openid/v1/jwks", { token });
    expect(keys.headers["content-type"]).toBe("application/jwk-set+json");
    expect(keys.json).toMatchObject({ keys: [{ kty: "EC", crv: "P-256", alg: "ES256", use: "sig" }] });
    expect((await f.ask("/.well-known/openid-configuration", { token })).json).toMatchObject({
      issuer: OWN,
      jwks_uri: `${OWN}/openid/v1/jwks`,
    });
    expect((await f.ask("/openid/v1/jwks", { token: "" })).status).toBe(401);
  });
});

describe("each namespace", () => {
  it("has a service account of its own, again when it is removed", async () => {
    await f.ask("/api/v1/namespaces", { method: "POST", body: { metadata: { name: "fresh" } } });
    const path = "/api/v1/namespaces/fresh/serviceaccounts/default";
    const uid = async (): Promise<unknown> => at((await f.ask(path)).json, "metadata", "uid");
    await expect.poll(uid).toBeDefined();
    const first = await uid();
    await f.ask(path, { method: "DELETE" });
    await expect.poll(async () => ![undefined, first].includes((await uid()) as undefined)).toBe(true);
  });
});
