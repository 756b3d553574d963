import type { Kind, Resource } from "@freehold/apis";

/** What somebody wished an object to be: all that people write, and nothing that is reported or kept by the server. */
export interface Wish {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Members beside metadata and status: `spec`, or `data`, `type`, … */
  readonly members: Readonly<Record<string, unknown>>;
}

/** Where client-side apply keeps the manifest itself, which says the same once more. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

export function wishOf(resource: Resource): Wish {
  const { metadata, status: _status, apiVersion: _version, kind: _kind, ...members } = resource;
  const { [LAST_APPLIED]: _applied, ...annotations } = metadata.annotations ?? {};
  const { labels = {} } = metadata;
  return {
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
    members,
  };
}

/** Written all the time, by programs, about what is: nobody's wish. */
const REPORTS: ReadonlySet<string> = new Set(["Event", "Lease.coordination.k8s.io"]);

/** Whether wishes of the kind are kept. Those of derived kinds follow from the objects they are derived from. */
export function keepsHistory(kind: Kind): boolean {
  return kind.tier !== "derived" && !REPORTS.has(kind.id);
}
