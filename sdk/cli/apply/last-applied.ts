import { field, type Fields, fieldsOf, isFields, textOf } from "../json.ts";
import { goJson } from "../output/object-text.ts";

/** Where kubectl keeps what was applied last; both programs read and write it, so that each knows what the other did. */
export const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** The manifest as it is to be, with the annotation that tells the next apply what this one said. */
export function withLastApplied(manifest: Fields): Fields {
  const plain = withoutLastApplied(manifest);
  return withAnnotation(plain, `${goJson(plain)}\n`);
}

/** The manifest without the annotation; has `annotations` even when they are empty, as kubectl writes it. */
export function withoutLastApplied(manifest: Fields): Fields {
  const metadata = fieldsOf(manifest["metadata"]);
  const { [LAST_APPLIED]: _, ...annotations } = fieldsOf(metadata["annotations"]);
  return { ...manifest, metadata: { ...metadata, annotations } };
}

/** What the last apply said; undefined when the object was made in another way. */
export function lastAppliedOf(live: Fields): Fields | undefined {
  const text = textOf(field(live, "metadata", "annotations", LAST_APPLIED));
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    // Somebody edited it by hand; what was applied is then unknown, as if nothing had been.
    return undefined;
  }
}

function withAnnotation(manifest: Fields, text: string): Fields {
  const metadata = fieldsOf(manifest["metadata"]);
  const annotations = { ...fieldsOf(metadata["annotations"]), [LAST_APPLIED]: text };
  return { ...manifest, metadata: { ...metadata, annotations } };
}
