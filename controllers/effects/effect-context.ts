import type { ContainerHost, MountHost } from "@freehold/agent-ports";
import type { Kind, Ref, Resource } from "@freehold/apis";
import type { Layout } from "@freehold/apis/system";
import type { World } from "@freehold/engine";

import type { CallbackTable } from "./callback-table.ts";

/** The package that calls. */
export interface EffectCaller {
  readonly namespace: string;
  /** Name of the Package, and of its Container. */
  readonly name: string;
  /** The package's own id. */
  readonly packageId: string;
}

interface By {
  readonly name: string;
}

/** The API as the package's own identity: it may touch only what is its own. */
export interface EffectApi {
  get<R extends Resource>(kind: Kind<R>, name: string, namespace?: string): Promise<R | undefined>;
  create<R extends Resource>(kind: Kind<R>, resource: R, by: By): Promise<R>;
  update<R extends Resource>(kind: Kind<R>, resource: R, by: By): Promise<R>;
  delete(kind: Kind, ref: Ref, by: By): Promise<void>;
}

/** What an effect may use. */
export interface EffectContext {
  readonly caller: EffectCaller;
  /** LXC name of the caller's container. */
  readonly container: string;
  /** For the package's own objects. */
  readonly api: EffectApi;
  /** The agent's view, for what a package may know of others; each effect checks what that is. */
  readonly world: World;
  readonly containers: ContainerHost;
  readonly mounts: MountHost;
  readonly layout: Layout;
  readonly callbacks: CallbackTable;
  /** Starts the package's main anew, once the effect is answered. */
  restart(): void;
}

export type Effect = (params: EffectParams, context: EffectContext) => Promise<unknown>;

/** Parameters of one call, read with errors that name effect, field, what was found and what is wanted. */
export class EffectParams {
  readonly #method: string;
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(method: string, params: unknown) {
    this.#method = method;
    this.#fields =
      typeof params === "object" && params !== null ? Object.fromEntries(Object.entries(params)) : {};
  }

  raw(name: string): unknown {
    return this.#fields[name];
  }

  text(name: string): string {
    const value = this.#fields[name];
    return typeof value === "string" ? value : this.#refuse(name, "a string");
  }

  optionalText(name: string): string | undefined {
    const value = this.#fields[name];
    return value === undefined || value === null ? undefined : this.text(name);
  }

  /** An id of StartOS: `^[a-z0-9]+(-[a-z0-9]+)*$`, at most 63 characters. */
  id(name: string): string {
    const value = this.text(name);
    return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(value) && value.length <= 63
      ? value
      : this.#refuse(name, "lower-case letters, digits and single '-', at most 63");
  }

  port(name: string): number {
    const value = this.#fields[name];
    return typeof value === "number" && Number.isInteger(value) && value > 0 && value < 65_536
      ? value
      : this.#refuse(name, "a port from 1 to 65535");
  }

  list(name: string): readonly unknown[] {
    const value = this.#fields[name];
    return Array.isArray(value) ? value : this.#refuse(name, "a list");
  }

  fields(name: string): EffectParams {
    const value = this.#fields[name];
    return typeof value === "object" && value !== null
      ? new EffectParams(`${this.#method}.${name}`, value)
      : this.#refuse(name, "an object");
  }

  callback(): number | undefined {
    const value = this.#fields["callback"];
    return typeof value === "number" ? value : undefined;
  }

  #refuse(name: string, wanted: string): never {
    const found = JSON.stringify(this.#fields[name]) ?? "nothing";
    throw new EffectError(
      `Cannot run "${this.#method}": ${name} is ${found.slice(0, 100)}, wanted ${wanted}`,
    );
  }
}

/** The package asked for something it may not have, or asked wrongly; the text goes back to it. */
export class EffectError extends Error {
  override readonly name = "EffectError";
  readonly code = "invalid";
}
