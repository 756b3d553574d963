import { type KeyObject, sign, verify } from "node:crypto";

import { isObject, type JsonObject } from "../../json/json-object.ts";

/** JSON Web Tokens (RFC 7519) signed by ECDSA with P-256 and SHA-256 (ES256, RFC 7518 3.4): the one algorithm there is here. */

const ALGORITHM = "ES256";
/** JOSE wants r and s side by side, not as DER. */
const ENCODING = { dsaEncoding: "ieee-p1363" } as const;
/** Nothing we issue comes near it. */
const LONGEST = 16 * 1024;

export interface SigningKey {
  readonly id: string;
  readonly key: KeyObject;
}

export function signJwt(claims: JsonObject, { id, key }: SigningKey): string {
  const signed = `${encode({ alg: ALGORITHM, kid: id, typ: "JWT" })}.${encode(claims)}`;
  const signature = sign("sha256", Buffer.from(signed), { key, ...ENCODING });
  return `${signed}.${signature.toString("base64url")}`;
}

/** The claims of a token one of our keys has signed; undefined for anything else. Whether they hold now is the caller's to see. */
export function verifyJwt(
  token: string,
  keyOf: (id: string) => KeyObject | undefined,
): JsonObject | undefined {
  const [header, claims, signature, ...more] = token.split(".");
  if (token.length > LONGEST || more.length > 0 || signature === undefined) return undefined;
  const { alg, kid } = decode(header) ?? {};
  // Never by what the token says: `none` and other algorithms are how tokens are forged.
  const key = alg === ALGORITHM && typeof kid === "string" ? keyOf(kid) : undefined;
  if (!key) return undefined;
  const isSigned = verify(
    "sha256",
    Buffer.from(`${header}.${claims}`),
    { key, ...ENCODING },
    Buffer.from(signature, "base64url"),
  );
  return isSigned ? decode(claims) : undefined;
}

function encode(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function decode(part = ""): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return isObject(value) ? value : undefined;
  } catch {
    // Whatever it is, it is no token of ours.
    return undefined;
  }
}
