import { InvalidError, type Kind, type Ref, type Resource } from "@freehold/apis";
import { type ResourceChange, type ResourceStore, StoreError, type Writer } from "@freehold/store";

import { type ApiError, isApiError } from "../errors/api-error.ts";
import type { Author } from "../history/author.ts";
import type { Registry } from "./registry.ts";
import type { Endpoint } from "./validate.ts";
import type { WriteOptions } from "./write-options.ts";

/**
 * The registry as controllers in this process see it: the same rules as over HTTP, without the wire. A writer acts as
 * `system:controller:<name>` of group `system:controllers`, which may write everything.
 */
export function registryStore(registry: Registry): ResourceStore {
  return {
    get: async (kind, name, namespace) => {
      try {
        return unowned(kind, await registry.get(kind, { namespace, name }));
      } catch (error) {
        if (isApiError(error, "NotFound")) return undefined;
        throw translate(error);
      }
    },
    list: async (kind) => {
      const { items, resourceVersion } = await registry.list(kind);
      return { items: items.map((item) => unowned(kind, item)), resourceVersion };
    },
    watch: (kind, resourceVersion, signal) => follow(registry, kind, resourceVersion, signal),
    create: async (kind, resource, by) =>
      answer(
        kind,
        registry.create(kind, resource.metadata.namespace, resource, optionsOf(kind, resource, by, "create")),
      ),
    update: (kind, resource, by) => replace(registry, kind, resource, { by, endpoint: "main" }),
    updateStatus: (kind, resource, by) => replace(registry, kind, resource, { by, endpoint: "status" }),
    delete: async (kind, ref: Ref, by, uid) => {
      try {
        await registry.delete(kind, ref, { uid }, { author: authorOf(by, "delete") });
      } catch (error) {
        // Gone, or a namesake stands in its place: either way the one that was meant is no more.
        const isMoot = isApiError(error, "NotFound") || (uid !== undefined && isApiError(error, "Conflict"));
        if (!isMoot) throw translate(error);
      }
    },
  };
}

function replace<R extends Resource>(
  registry: Registry,
  kind: Kind<R>,
  resource: R,
  how: { readonly by: Writer; readonly endpoint: Endpoint },
): Promise<R> {
  const options = { ...optionsOf(kind, resource, how.by, "update"), endpoint: how.endpoint };
  return answer(
    kind,
    registry.update(kind, resource.metadata, () => resource, options),
  );
}

/** A controller that writes a field its kind does not have is a bug, and must not pass silently. */
function optionsOf(kind: Kind, resource: Resource, by: Writer, verb: Author["verb"]): WriteOptions {
  return {
    manager: by.name,
    author: authorOf(by, verb),
    onUnknownFields: (paths) => {
      throw new InvalidError(
        `${kind.id} "${resource.metadata.name}" written by "${by.name}"`,
        paths.map((path) => ({ path, reason: "FieldValueForbidden", message: "Forbidden: unknown field" })),
      );
    },
  };
}

function authorOf({ name }: Writer, verb: Author["verb"]): Author {
  return { user: `system:controller:${name}`, manager: name, verb };
}

/** Controllers keep every object of a kind in memory, and have no use for who owns what: that is as long as the object itself. */
function unowned<R extends Resource>(kind: Kind<R>, { metadata, ...members }: Resource): R {
  const { managedFields: _, ...kept } = metadata;
  return kind.decode({ ...members, metadata: kept });
}

async function answer<R extends Resource>(kind: Kind<R>, written: Promise<Resource>): Promise<R> {
  try {
    return unowned(kind, await written);
  } catch (error) {
    throw translate(error);
  }
}

async function* follow<R extends Resource>(
  registry: Registry,
  kind: Kind<R>,
  resourceVersion: string,
  signal: AbortSignal,
): AsyncGenerator<ResourceChange<R>> {
  for await (const frame of registry.watch(kind, { resourceVersion }, signal)) {
    switch (frame.type) {
      case "ADDED":
      case "MODIFIED":
        yield { type: "put", resource: unowned(kind, frame.object) };
        break;
      case "DELETED":
        yield { type: "delete", resource: unowned(kind, frame.object) };
        break;
      case "PROGRESS":
        yield { type: "bookmark", resourceVersion: String(frame.revision) };
        break;
      case "ERROR":
        throw translate(frame.error);
    }
  }
}

/** The API's failures in the store's words. */
function translate(error: unknown): unknown {
  if (!isApiError(error)) return error;
  if (error.reason === "Invalid") return new InvalidError(subjectOf(error), error.problems);
  const code = STORE_CODES[error.reason];
  return code ? new StoreError(code, error.message, { cause: error }) : error;
}

const STORE_CODES: Readonly<Record<string, StoreError["code"]>> = {
  NotFound: "NotFound",
  AlreadyExists: "Exists",
  Conflict: "Conflict",
  Expired: "Compacted",
};

function subjectOf({ details }: ApiError): string {
  return `${details.kind} "${details.name}"`;
}
