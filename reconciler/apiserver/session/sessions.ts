import { randomBytes } from "node:crypto";

import type { ResourceOf } from "@freehold/apis";
import { sessionKind, personKind } from "@freehold/apis/system";

import { authenticated, type Identity } from "../auth/identity.ts";
import { hashOf, isSecret, newSecret } from "../auth/secret-hash.ts";
import { isApiError } from "../errors/api-error.ts";
import type { Registry } from "../registry/registry.ts";
import { ownedBy } from "./passwords.ts";
import type { SessionSecret } from "./session-cookie.ts";

type Session = ResourceOf<typeof sessionKind>;

export const SESSION_SECONDS = 14 * 24 * 3600;
/** Of one user; the oldest ends when there are more. */
const MOST = 20;
const BY = { manager: "session" };
/** Under which an identity says which session it came by. */
const EXTRA = "freehold.dev/session";

/** Browsers that are signed in, in the store: every server knows them, and deleting one signs it out at once. */
export class Sessions {
  readonly #registry: Registry;
  readonly #clock: () => number;

  constructor(registry: Registry, clock: () => number) {
    this.#registry = registry;
    this.#clock = clock;
  }

  /** A new one; the only time its secret is seen. */
  async begin(
    user: string,
    seen: { readonly from?: string; readonly userAgent?: string },
  ): Promise<SessionSecret> {
    await this.#makeRoom(user);
    const name = randomBytes(10).toString("hex");
    const secret = newSecret();
    const expires = new Date(this.#clock() + SESSION_SECONDS * 1000).toISOString();
    const spec = { user, tokenHash: hashOf(secret), expires, ...seen };
    const owner = await this.#registry.get(personKind, { name: user });
    const draft = sessionKind.draft({ name, ownerReferences: [ownedBy(owner)] }, spec);
    await this.#registry.create(sessionKind, undefined, draft, BY);
    return { name, secret };
  }

  /** Whose it is; undefined when it has ended or never was, and when its user is gone or kept out. */
  async identify({ name, secret }: SessionSecret): Promise<Identity | undefined> {
    const session = await this.#find(name);
    if (!session || !isSecret(secret, session.spec.tokenHash) || this.#isOver(session)) return undefined;
    const found = await this.#registry.find(personKind, { name: session.spec.user });
    const user = found && personKind.decode(found);
    if (!user || user.spec.disabled) return undefined;
    const { uid } = user.metadata;
    return authenticated(user.metadata.name, user.spec.groups, { uid, extra: { [EXTRA]: [name] } });
  }

  /** A user's, newest first. */
  async of(user: string): Promise<readonly Session[]> {
    const { items } = await this.#registry.list(sessionKind);
    return items
      .map((item): Session => sessionKind.decode(item))
      .filter(({ spec }) => spec.user === user)
      .toSorted((a, b) => (a.spec.expires < b.spec.expires ? 1 : -1));
  }

  /** Signs a browser of this user out; false when there is none of that name. */
  async end(user: string, name: string): Promise<boolean> {
    const session = await this.#find(name);
    if (session?.spec.user !== user) return false;
    await this.#remove(name);
    return true;
  }

  /** Signs out all of a user's browsers but one. */
  async endOthers(user: string, kept: string | undefined): Promise<void> {
    for (const { metadata } of await this.of(user))
      if (metadata.name !== kept) await this.#remove(metadata.name);
  }

  async #makeRoom(user: string): Promise<void> {
    const all = await this.of(user);
    const over = all.filter((session, place) => this.#isOver(session) || place >= MOST - 1);
    for (const { metadata } of over) await this.#remove(metadata.name);
  }

  async #remove(name: string): Promise<void> {
    try {
      await this.#registry.delete(sessionKind, { name });
    } catch (error) {
      if (!isApiError(error, "NotFound")) throw error;
    }
  }

  async #find(name: string): Promise<Session | undefined> {
    const found = await this.#registry.find(sessionKind, { name });
    return found && sessionKind.decode(found);
  }

  #isOver({ spec, metadata }: Session): boolean {
    return metadata.deletionTimestamp !== undefined || Date.parse(spec.expires) <= this.#clock();
  }
}

/** The session an identity came by. */
export function sessionOf({ extra }: Identity): string | undefined {
  return extra?.[EXTRA]?.[0];
}
