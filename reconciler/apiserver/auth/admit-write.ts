import { clusterRoleKind } from "@freehold/apis/rbac";
import { accessTokenKind, personKind } from "@freehold/apis/system";

import { forbidden } from "../errors/object-errors.ts";
import type { ObjectChange } from "../history/record-change.ts";
import { equalJson } from "../json/equal-json.ts";
import type { Endpoint } from "../registry/validate.ts";
import type { Access } from "./access.ts";
import { type Identity, machineOf } from "./identity.ts";
import { refuseEscalation } from "./rbac/refuse-escalation.ts";
import { requireImpersonation } from "./require-impersonation.ts";

/** What cannot be told before the object is known as it will be stored. Throws 403. */
export type AdmitWrite = (identity: Identity, change: ObjectChange, endpoint: Endpoint) => void;

export function admitWrites(access: Access): AdmitWrite {
  return (identity, change, endpoint) => {
    if (change.kind.group === clusterRoleKind.group) refuseEscalation(access, identity, change);
    refuseAlias(access, identity, change);
    if (machineOf(identity) !== undefined) refuseAgentsWish(identity, change, endpoint);
  };
}

/** A user, or a token for one, is made and changed only by who may act as that user anyway. */
function refuseAlias(access: Access, identity: Identity, { after }: ObjectChange): void {
  if (!after) return;
  if (personKind.matches(after)) {
    requireImpersonation(access.authorize, identity, {
      user: after.metadata.name,
      groups: after.spec.groups,
    });
  } else if (accessTokenKind.matches(after)) {
    requireImpersonation(access.authorize, identity, after.spec);
  }
}

/** An agent reports, and claims by finalizers; what is to be is not its to say, but for its own Machine. */
function refuseAgentsWish(
  { user }: Identity,
  { kind, before, after }: ObjectChange,
  endpoint: Endpoint,
): void {
  if (endpoint !== "main" || !before || !after || kind.kind === "Machine" || kind.kind === "Event") return;
  const { metadata: _, status: __, ...was } = before;
  const { metadata, status: ___, ...is } = after;
  if (equalJson(was, is)) return;
  throw forbidden(kind, metadata.name, `User "${user}" may not change what is wished, only claim and report`);
}
