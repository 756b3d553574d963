import { field, type Fields, fieldsOf } from "../json.ts";

/** Where client-side apply keeps its last manifest: not part of a wish, and so not of a revision. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** An object as one of its revisions wished it, to be sent in place of the current one, or anew when there is none. */
export function restored(
  revision: Fields,
  current: Fields | undefined,
  identity: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly namespace: string | undefined;
  },
): Fields {
  const { apiVersion, kind, name, namespace } = identity;
  const { labels, annotations, members } = revision;
  const { labels: _, annotations: __, ...kept } = fieldsOf(field(current, "metadata"));
  const applied = field(current, "metadata", "annotations", LAST_APPLIED);
  const notes = { ...fieldsOf(annotations), ...(applied !== undefined && { [LAST_APPLIED]: applied }) };
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...kept,
      ...(labels !== undefined && { labels }),
      ...(Object.keys(notes).length > 0 && { annotations: notes }),
    },
    ...fieldsOf(members),
    ...(current?.["status"] !== undefined && { status: current["status"] }),
  };
}
