import { randomUUID } from "node:crypto";

import type { Resource } from "@freehold/apis";
import { serviceAccountKind } from "@freehold/apis/core";

import { at, type JsonObject } from "../../json/json-object.ts";
import type { Registry } from "../../registry/registry.ts";
import { authenticated, type Identity } from "../identity.ts";
import { accountOf, groupsOfAccount, userOfAccount } from "./account-names.ts";
import { signJwt, verifyJwt } from "./jwt.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** Who issues, and the audience of tokens for this API. */
export const ISSUER = "https://kubernetes.default.svc.cluster.local";

const KEYS = "/openid/v1/jwks";

/** An object a token ends with. */
export interface BoundObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

export interface TokenWish {
  readonly account: Resource;
  readonly audiences: readonly string[];
  readonly seconds: number;
  readonly bound: BoundObject | undefined;
}

export interface Recognized {
  readonly identity: Identity;
  /** Those of the asked audiences it was given to. */
  readonly audiences: readonly string[];
}

/** Tokens of service accounts: signed, for a time and an audience, and good only while account and bound object are there. */
export class AccountTokens {
  readonly #registry: Registry;
  readonly #keys: SigningKeys;
  readonly #clock: () => number;

  constructor(registry: Registry, keys: SigningKeys, clock: () => number) {
    this.#registry = registry;
    this.#keys = keys;
    this.#clock = clock;
  }

  /** A new token, and when it ends in milliseconds since the epoch. */
  async issue({
    account,
    audiences,
    seconds,
    bound,
  }: TokenWish): Promise<{ readonly token: string; readonly expires: number }> {
    const { name, namespace = "", uid } = account.metadata;
    const now = Math.floor(this.#clock() / 1000);
    const claims: JsonObject = {
      iss: ISSUER,
      sub: userOfAccount({ namespace, name }),
      aud: audiences,
      iat: now,
      nbf: now,
      exp: now + seconds,
      jti: randomUUID(),
      "kubernetes.io": {
        namespace,
        serviceaccount: { name, uid },
        ...(bound && { [bound.kind.toLowerCase()]: { name: bound.name, uid: bound.uid } }),
      },
      ...(bound && { "freehold.dev/bound": bound }),
    };
    return { token: signJwt(claims, await this.#keys.current()), expires: (now + seconds) * 1000 };
  }

  /** Whose token it is; undefined unless it is ours, holds now, and is for one of the audiences. */
  async recognize(token: string, audiences: readonly string[]): Promise<Recognized | undefined> {
    const claims = verifyJwt(token, (id) => this.#keys.publicKey(id));
    if (!claims || !this.#isNow(claims)) return undefined;
    const given = claims["aud"];
    const common = audiences.filter((one) => Array.isArray(given) && given.includes(one));
    const account = accountOf(String(claims["sub"]));
    if (common.length === 0 || !account) return undefined;
    const uid = at(claims, "kubernetes.io", "serviceaccount", "uid");
    const found = await this.#registry.find(serviceAccountKind, account);
    if (!isSame(found, uid) || !(await this.#isBoundThere(claims, account.namespace))) return undefined;
    const identity = authenticated(userOfAccount(account), groupsOfAccount(account), {
      uid: String(uid),
      extra: { "authentication.kubernetes.io/credential-id": [`JTI=${String(claims["jti"])}`] },
    });
    return { identity, audiences: common };
  }

  /** What others need to check our tokens (OpenID Connect Discovery 1.0); undefined for any other path. */
  document(path: string): { readonly type: string; readonly body: object } | undefined {
    if (path === KEYS) return { type: "application/jwk-set+json", body: this.#keys.jwks() };
    if (path.replace(/\/$/, "") !== "/.well-known/openid-configuration") return undefined;
    const body = {
      issuer: ISSUER,
      jwks_uri: `${ISSUER}${KEYS}`,
      response_types_supported: ["id_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["ES256"],
    };
    return { type: "application/json", body };
  }

  #isNow({ iss, nbf, exp }: JsonObject): boolean {
    const now = this.#clock() / 1000;
    return iss === ISSUER && typeof nbf === "number" && typeof exp === "number" && nbf <= now && now < exp;
  }

  async #isBoundThere(claims: JsonObject, namespace: string): Promise<boolean> {
    const bound = claims["freehold.dev/bound"];
    if (bound === undefined) return true;
    const kind = this.#registry.kinds
      .all()
      .find((one) => one.apiVersion === at(bound, "apiVersion") && one.kind === at(bound, "kind"));
    if (!kind) return false;
    const found = await this.#registry.find(kind, { namespace, name: String(at(bound, "name")) });
    return isSame(found, at(bound, "uid"));
  }
}

function isSame(found: Resource | undefined, uid: unknown): boolean {
  return found !== undefined && found.metadata.uid === uid && found.metadata.deletionTimestamp === undefined;
}
