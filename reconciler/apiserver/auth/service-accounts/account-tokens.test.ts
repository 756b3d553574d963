import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { signJwt, verifyJwt } from "./jwt.ts";
import { MAX_TOKEN_SECONDS, SigningKeys } from "./signing-keys.ts";

const DAY_MS = 24 * 3600 * 1000;

describe("verifyJwt()", () => {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const keyOf = (id: string) => (id === "k1" ? pair.publicKey : undefined);
  const token = signJwt({ sub: "a" }, { id: "k1", key: pair.privateKey });
  const [header = "", claims = "", signature = ""] = token.split(".");
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

  it("reads what was signed", () => {
    expect(verifyJwt(token, keyOf)).toEqual({ sub: "a" });
  });

  it.each([
    ["no algorithm", `${encode({ alg: "none", kid: "k1" })}.${claims}.`],
    ["no algorithm, signed", `${encode({ alg: "none", kid: "k1" })}.${claims}.${signature}`],
    ["the public key as a secret", `${encode({ alg: "HS256", kid: "k1" })}.${claims}.${signature}`],
    ["an unknown key", `${encode({ alg: "ES256", kid: "k2" })}.${claims}.${signature}`],
    ["no key", `${encode({ alg: "ES256" })}.${claims}.${signature}`],
    ["other claims", `${header}.${encode({ sub: "b" })}.${signature}`],
    [
      "a signature of zeros (CVE-2022-21449)",
      `${header}.${claims}.${Buffer.alloc(64).toString("base64url")}`,
    ],
    ["an empty signature", `${header}.${claims}.`],
    ["a fourth part", `${token}.x`],
    ["very much", `${header}.${"x".repeat(20_000)}.${signature}`],
  ])("refuses %s", (_, forged) => {
    expect(verifyJwt(forged, keyOf)).toBeUndefined();
  });

  it("refuses anything else without throwing", () => {
    fc.assert(
      fc.property(fc.array(fc.base64String(), { minLength: 1, maxLength: 4 }), (parts) => {
        expect(verifyJwt(parts.join("."), keyOf)).toBeUndefined();
      }),
    );
  });
});

describe("SigningKeys", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "freehold-keys-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("keeps its key over a start, readable by nobody else", async () => {
    const path = join(folder, "keys.json");
    const first = await (await SigningKeys.open(path, () => 0)).current();
    expect((await (await SigningKeys.open(path, () => 0)).current()).id).toBe(first.id);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, "utf8")).toContain("BEGIN PRIVATE KEY");
  });

  it("signs by a new key after three months, and knows the old one until its tokens have ended", async () => {
    let now = 0;
    const keys = await SigningKeys.open(join(folder, "keys.json"), () => now);
    const first = await keys.current();
    now = 91 * DAY_MS;
    const second = await keys.current();
    expect(second.id).not.toBe(first.id);
    expect(keys.publicKey(first.id)).toBeDefined();
    expect(keys.jwks()).toMatchObject({ keys: [{ kid: second.id, alg: "ES256" }, { kid: first.id }] });
    expect(JSON.stringify(keys.jwks())).not.toContain('"d"');
    now += 90 * DAY_MS + MAX_TOKEN_SECONDS * 1000;
    await keys.current();
    expect(keys.publicKey(first.id)).toBeUndefined();
  });
});
