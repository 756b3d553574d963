import type { Kind, Ref, Resource } from "@freehold/apis";

import { ApiError, isApiError } from "./api-error.ts";
import { pathOf } from "./paths.ts";
import { type ClientConfig, Transport } from "./transport.ts";

const PAGE = 500;

export interface Listed<R extends Resource> {
  readonly items: readonly R[];
  readonly resourceVersion: string;
}

export type Seen<R extends Resource> =
  | { readonly type: "put"; readonly resource: R }
  | { readonly type: "delete"; readonly resource: R }
  | { readonly type: "bookmark"; readonly resourceVersion: string };

interface Named {
  readonly name: string;
}

/**
 * The API, typed by kinds. Its shape is the engine's ResourceStore, so that controllers run over the network as they do in
 * process. Failures are ApiError.
 */
export class Client implements Disposable {
  readonly transport: Transport;

  constructor(config: ClientConfig) {
    this.transport = new Transport(config);
  }

  async get<R extends Resource>(kind: Kind<R>, name: string, namespace?: string): Promise<R | undefined> {
    try {
      return kind.decode(
        asObject(await this.transport.json({ method: "GET", path: pathOf(kind, { name, namespace }) })),
      );
    } catch (error) {
      if (isApiError(error, "NotFound")) return undefined;
      throw error;
    }
  }

  async list<R extends Resource>(
    kind: Kind<R>,
    options: { readonly namespace?: string; readonly labelSelector?: string } = {},
  ): Promise<Listed<R>> {
    const items: R[] = [];
    let next: string | undefined;
    let resourceVersion = "";
    do {
      const query = { limit: String(PAGE), continue: next, labelSelector: options.labelSelector };
      const path = pathOf(kind, { namespace: options.namespace }, query);
      const page = asObject(await this.transport.json({ method: "GET", path }));
      const pageItems: unknown = Reflect.get(page, "items");
      for (const item of Array.isArray(pageItems) ? pageItems : [])
        items.push(kind.decode(named(kind, item)));
      const metadata = asObject(Reflect.get(page, "metadata"));
      resourceVersion = String(Reflect.get(metadata, "resourceVersion"));
      const token: unknown = Reflect.get(metadata, "continue");
      next = typeof token === "string" && token !== "" ? token : undefined;
    } while (next !== undefined);
    return { items, resourceVersion };
  }

  /** Ends when the server closes the watch, or with the signal; begin again at the last revision seen. */
  async *watch<R extends Resource>(
    kind: Kind<R>,
    resourceVersion: string,
    signal: AbortSignal,
  ): AsyncGenerator<Seen<R>> {
    const path = pathOf(kind, {}, { watch: "true", resourceVersion, allowWatchBookmarks: "true" });
    for await (const line of this.transport.lines({ method: "GET", path, signal })) {
      yield seenOf(kind, asObject(JSON.parse(line)));
    }
  }

  async create<R extends Resource>(kind: Kind<R>, resource: R, by: Named): Promise<R> {
    const { namespace } = resource.metadata;
    const path = pathOf(kind, { namespace }, { fieldManager: by.name });
    return kind.decode(asObject(await this.transport.json({ method: "POST", path, body: resource })));
  }

  async update<R extends Resource>(kind: Kind<R>, resource: R, by: Named): Promise<R> {
    const path = pathOf(kind, resource.metadata, { fieldManager: by.name });
    return kind.decode(asObject(await this.transport.json({ method: "PUT", path, body: resource })));
  }

  async updateStatus<R extends Resource>(kind: Kind<R>, resource: R, by: Named): Promise<R> {
    const path = pathOf(kind, { ...resource.metadata, subresource: "status" }, { fieldManager: by.name });
    return kind.decode(asObject(await this.transport.json({ method: "PUT", path, body: resource })));
  }

  async mergePatch<R extends Resource>(
    kind: Kind<R>,
    ref: Omit<Ref, "kind">,
    patch: object,
    by: Named,
  ): Promise<R> {
    const path = pathOf(kind, ref, { fieldManager: by.name });
    const contentType = "application/merge-patch+json";
    return kind.decode(
      asObject(await this.transport.json({ method: "PATCH", path, body: patch, contentType })),
    );
  }

  async delete(kind: Kind, ref: Ref, _by: Named, uid?: string): Promise<void> {
    const body = { propagationPolicy: "Background", ...(uid !== undefined && { preconditions: { uid } }) };
    try {
      await this.transport.json({ method: "DELETE", path: pathOf(kind, ref), body });
    } catch (error) {
      // Gone, or a namesake stands in its place: either way the one that was meant is no more.
      if (!isApiError(error, "NotFound") && !(uid !== undefined && isApiError(error, "Conflict")))
        throw error;
    }
  }

  [Symbol.dispose](): void {
    this.transport[Symbol.dispose]();
  }
}

function seenOf<R extends Resource>(kind: Kind<R>, event: object): Seen<R> {
  const object = asObject(Reflect.get(event, "object"));
  switch (Reflect.get(event, "type")) {
    case "ADDED":
    case "MODIFIED":
      return { type: "put", resource: kind.decode(object) };
    case "DELETED":
      return { type: "delete", resource: kind.decode(object) };
    case "BOOKMARK": {
      const metadata = asObject(Reflect.get(object, "metadata"));
      return { type: "bookmark", resourceVersion: String(Reflect.get(metadata, "resourceVersion")) };
    }
    default: {
      const code: unknown = Reflect.get(object, "code");
      throw new ApiError(typeof code === "number" ? code : 500, object);
    }
  }
}

/** Items of a list may leave out what the list says of all of them. */
function named(kind: Kind, item: unknown): object {
  return { apiVersion: kind.apiVersion, kind: kind.kind, ...asObject(item) };
}

function asObject(value: unknown): object {
  if (typeof value === "object" && value !== null) return value;
  throw new ApiError(0, {
    message: `Cannot read the API's answer: wanted an object, found ${JSON.stringify(value)}`,
  });
}
