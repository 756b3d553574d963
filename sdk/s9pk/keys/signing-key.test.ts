import { createPrivateKey, generateKeyPairSync } from "node:crypto";

import { expect, test } from "vitest";

import { encodeSigningKey, parseSigningKey, signingKeyOf } from "./signing-key.ts";

test("parseSigningKey() reads what OpenSSL writes, and OpenSSL reads what encodeSigningKey() writes", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const key = parseSigningKey(privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  expect(Buffer.from(key.publicKey).toString("base64url")).toBe(publicKey.export({ format: "jwk" }).x);
  const seed = createPrivateKey(encodeSigningKey(key)).export({ format: "jwk" }).d;
  expect(seed).toBe(Buffer.from(key.seed).toString("base64url"));
});

test("parseSigningKey() refuses other keys and other text", () => {
  const { privateKey } = generateKeyPairSync("x25519");
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  expect(() => parseSigningKey(pem)).toThrow("it is no Ed25519 key");
  expect(() => parseSigningKey("hello")).toThrow("there is no PKCS#8 PEM block in it");
});

test("signingKeyOf() makes another key each time when no seed is given", () => {
  expect(signingKeyOf().publicKey).not.toEqual(signingKeyOf().publicKey);
});
