import type { Kind, Resource } from "@freehold/apis";

import type { Identity } from "../auth/identity.ts";
import { forbidden } from "../errors/object-errors.ts";
import type { ObjectChange } from "../history/record-change.ts";
import type { Registry } from "../registry/registry.ts";
import type { Endpoint } from "../registry/validate.ts";
import type { ApiRequest } from "./api-request.ts";

/** One authorized request for objects of a kind. */
export interface Call {
  readonly request: ApiRequest;
  readonly registry: Registry;
  readonly kind: Kind;
  readonly identity: Identity;
  readonly namespace: string | undefined;
  /** "" for a collection. */
  readonly name: string;
  readonly endpoint: Endpoint;
  /** Objects outside are refused, or left out of lists. */
  readonly within: ((resource: Resource) => boolean) | undefined;
  /** Throws 403 for a write that may not be, now that the object is known. */
  readonly admit: (change: ObjectChange) => void;
  /** Throws 403 unless the caller may still do what it asked for. */
  readonly requireRight: () => void;
  /** Throws 403 unless the caller may also create the object: an apply does when there is none. */
  readonly requireCreate: () => void;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Throws 403 for an object that is not the caller's. */
export function requireWithin({ within, kind, identity }: Call, resource: Resource): void {
  if (!within || within(resource)) return;
  throw forbidden(kind, resource.metadata.name, `User "${identity.user}" may only use objects of its own`);
}
