import type { Kind } from "@freehold/apis";

import { customOf } from "../crd/custom-kind.ts";
import { STATUS_VERBS } from "./verbs.ts";

/** A part of an object with a path of its own, and the kind it is answered as. */
export interface Subresource {
  readonly name: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

export function subresourcesOf(kind: Kind): readonly Subresource[] {
  const { group, version } = kind;
  const status = { name: "status", group, version, kind: kind.kind, verbs: STATUS_VERBS };
  const scale = { name: "scale", group: "autoscaling", version: "v1", kind: "Scale", verbs: STATUS_VERBS };
  return [...(kind.hasStatus ? [status] : []), ...(customOf(kind)?.scale ? [scale] : [])];
}
