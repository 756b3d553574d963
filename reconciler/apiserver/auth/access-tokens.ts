import type { ResourceOf } from "@freehold/apis";
import { accessTokenKind } from "@freehold/apis/system";

import type { Registry } from "../registry/registry.ts";
import { authenticated, type Identity } from "./identity.ts";
import { hashOf, isSecret, newSecret } from "./secret-hash.ts";

type AccessToken = ResourceOf<typeof accessTokenKind>;

/** `fh~NAME~SECRET`: the name finds what is kept, and neither part can hold a tilde. */
const TEXT = /^fh~([a-z0-9.-]{1,253})~([\w-]{43})$/;

export function isAccessToken(token: string): boolean {
  return token.startsWith("fh~");
}

/** Tokens that administrators give out: listed, ended and revoked as AccessToken objects, of which only a hash is kept. */
export class AccessTokens {
  readonly #registry: Registry;
  readonly #clock: () => number;

  constructor(registry: Registry, clock: () => number) {
    this.#registry = registry;
    this.#clock = clock;
  }

  async identify(token: string): Promise<Identity | undefined> {
    const [, name, secret] = TEXT.exec(token) ?? [];
    if (name === undefined || secret === undefined) return undefined;
    const found = await this.#registry.find(accessTokenKind, { name });
    const kept: AccessToken | undefined = found && accessTokenKind.decode(found);
    if (!kept || !isSecret(secret, kept.status?.tokenHash) || this.#isOver(kept)) return undefined;
    const extra = { "freehold.dev/access-token": [name] };
    return authenticated(kept.spec.user, kept.spec.groups, { extra });
  }

  /** A new text for a token, in place of the one it had; the only time it is seen. Throws ApiError. */
  async issue(
    name: string,
    admit: (token: AccessToken) => void,
  ): Promise<{ token: string; kept: AccessToken }> {
    const secret = newSecret();
    const issued = new Date(this.#clock()).toISOString();
    const change = (current: object): unknown => ({
      ...current,
      status: { tokenHash: hashOf(secret), issued },
    });
    const updated = await this.#registry.update(accessTokenKind, { name }, change, {
      endpoint: "status",
      manager: "access-token",
      admit: ({ after }) => after && admit(accessTokenKind.decode(after)),
    });
    return { token: `fh~${name}~${secret}`, kept: accessTokenKind.decode(updated) };
  }

  #isOver({ spec, metadata }: AccessToken): boolean {
    const { expires } = spec;
    const isPast = expires !== undefined && Date.parse(expires) <= this.#clock();
    return isPast || metadata.deletionTimestamp !== undefined;
  }
}
