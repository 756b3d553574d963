import { forbidden } from "../errors/object-errors.ts";
import type { Call } from "./call.ts";
import { negotiate } from "./negotiate.ts";
import type { Reply } from "./reply.ts";

/** `GET …/<name>/history`: who changed an object and what, newest first; also of one that is gone. */
export async function getHistory(call: Call): Promise<Reply> {
  const { kind, name, identity, within } = call;
  const as = negotiate(call.request.header("accept"));
  if (within) {
    // A former object of this name may have been somebody else's.
    throw forbidden(kind, name, `User "${identity.user}" may not read the history of ${kind.plural}`);
  }
  const { items, resourceVersion } = await call.registry.history(kind, call);
  return {
    status: 200,
    encoding: as.encoding,
    body: {
      kind: "RevisionList",
      apiVersion: "history.freehold.dev/v1",
      metadata: { resourceVersion },
      items,
    },
  };
}
