import type { OwnerReference, Resource } from "@freehold/apis";
import { passwordKind, personKind } from "@freehold/apis/system";

import { ApiError, isApiError } from "../errors/api-error.ts";
import { badRequest } from "../errors/request-errors.ts";
import { networkOf } from "../limits/connection-cap.ts";
import type { Registry } from "../registry/registry.ts";
import { LoginThrottle } from "./login-throttle.ts";
import { hashPassword, isPassword } from "./password-hash.ts";

const SHORTEST = 12;
const LONGEST_BYTES = 1024;
const BY = { manager: "session" };
/** Hashes under way at once: each takes 19 MiB and a processor. */
const AT_ONCE = 2;

/** Users' passwords: set and checked here alone, never shown. */
export class Passwords {
  readonly #registry: Registry;
  readonly #throttle: LoginThrottle;
  readonly #waiting: (() => void)[] = [];
  #free = AT_ONCE;
  #dummy: Promise<string> | undefined;

  constructor(registry: Registry, clock: () => number) {
    this.#registry = registry;
    this.#throttle = new LoginThrottle(clock);
  }

  /** Whether anybody has one: until then the first-login secret may set one. */
  async isAnySet(): Promise<boolean> {
    return (await this.#registry.list(passwordKind, { limit: 1 })).items.length > 0;
  }

  /** Whether the password is this user's. Throws 429 when user or address must wait. */
  async isOf(user: string, password: string, from: string | undefined): Promise<boolean> {
    const keys = [`user ${user}`, `address ${from === undefined ? "socket" : networkOf(from)}`];
    const waitMs = this.#throttle.attempt(keys);
    if (waitMs > 0) throw tooMany(waitMs);
    if (Buffer.byteLength(password) > LONGEST_BYTES) return false;
    const kept = await this.#registry.find(passwordKind, { name: user });
    // Takes as long for somebody who is not known: who is, is nobody's business.
    const hash = kept ? passwordKind.decode(kept).spec.hash : await this.#decoy();
    const isRight = await this.#bounded(() => isPassword(password, hash));
    const isKnown = kept !== undefined && (await this.#isLetIn(user, kept));
    if (isRight && isKnown) this.#throttle.succeed(keys);
    return isRight && isKnown;
  }

  /** Throws 400 for one that is too short or too long. */
  async set(user: string, password: string): Promise<void> {
    if (password.length < SHORTEST || Buffer.byteLength(password) > LONGEST_BYTES) {
      throw badRequest(
        `Cannot take this password: wanted ${SHORTEST} characters or more, and at most ${LONGEST_BYTES} bytes`,
      );
    }
    const owner = await this.#registry.get(personKind, { name: user });
    const hash = await this.#bounded(() => hashPassword(password));
    const draft = passwordKind.draft({ name: user, ownerReferences: [ownedBy(owner)] }, { hash });
    try {
      await this.#registry.create(passwordKind, undefined, draft, BY);
    } catch (error) {
      if (!isApiError(error, "AlreadyExists")) throw error;
      const change = (current: Resource): unknown => ({
        ...current,
        metadata: { ...current.metadata, ownerReferences: [ownedBy(owner)] },
        spec: { hash },
      });
      await this.#registry.update(passwordKind, { name: user }, change, BY);
    }
  }

  #decoy(): Promise<string> {
    return (this.#dummy ??= hashPassword("nobody's"));
  }

  /** The password of a former user of the same name is none. */
  async #isLetIn(name: string, { metadata }: Resource): Promise<boolean> {
    const found = await this.#registry.find(personKind, { name });
    const isOwn = metadata.ownerReferences?.some(({ uid }) => uid === found?.metadata.uid) ?? false;
    return found !== undefined && isOwn && !personKind.decode(found).spec.disabled;
  }

  async #bounded<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    else this.#free -= 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}

/** What belongs to a user goes with it. */
export function ownedBy({ apiVersion, kind, metadata }: Resource): OwnerReference {
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid ?? "" };
}

function tooMany(waitMs: number): ApiError {
  const seconds = Math.ceil(waitMs / 1000);
  return new ApiError(429, "TooManyRequests", `Cannot sign in: too many attempts; wait ${seconds} s`, {
    details: { retryAfterSeconds: seconds },
  });
}
