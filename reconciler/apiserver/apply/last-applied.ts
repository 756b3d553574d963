import { canonicalJson } from "../json/canonical-json.ts";
import { at, isObject, type JsonObject } from "../json/json-object.ts";
import { compare } from "./compare.ts";
import { fieldSetOf } from "./field-set-of.ts";
import { difference } from "./field-set.ts";
import { EMPTY, type FieldsV1 } from "./fields-v1.ts";
import type { TypeView } from "./type-view.ts";

/** Where kubectl's client-side apply notes what it applied. */
const ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";
/** Annotations may not be longer in all; what is longer is noted as nothing. */
const MAX_BYTES = 256 * 1024;

/** Fields the object still has as client-side apply left them: they are kubectl's, whoever is noted as their manager. */
export function lastAppliedFields(view: TypeView, live: JsonObject, apiVersion: string): FieldsV1 {
  const noted = readNote(live);
  if (!noted || noted["apiVersion"] !== apiVersion) return EMPTY;
  const { added, modified, removed } = compare(view, noted, live);
  return [added, modified, removed].reduce(difference, fieldSetOf(view, noted));
}

function readNote(live: JsonObject): JsonObject | undefined {
  const text = at(live, "metadata", "annotations", ANNOTATION);
  if (typeof text !== "string" || text === "") return undefined;
  try {
    const noted: unknown = JSON.parse(text);
    return isObject(noted) ? noted : undefined;
  } catch (cause) {
    // The annotation is the user's; one that says nothing allows nothing.
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

/** Notes what is applied now where client-side apply has left a note, so that going back to it removes the right fields. */
export function renewLastApplied(object: JsonObject, config: JsonObject): JsonObject {
  if (at(object, "metadata", "annotations", ANNOTATION) === undefined) return object;
  const text = `${canonicalJson(withoutNote(config))}\n`;
  const note = Buffer.byteLength(text) > MAX_BYTES ? "" : text;
  return replaceAnnotations(object, (annotations) => ({ ...annotations, [ANNOTATION]: note }));
}

function withoutNote(config: JsonObject): JsonObject {
  if (at(config, "metadata", "annotations", ANNOTATION) === undefined) return config;
  return replaceAnnotations(config, (annotations) =>
    Object.fromEntries(Object.entries(annotations).filter(([name]) => name !== ANNOTATION)),
  );
}

function replaceAnnotations(object: JsonObject, change: (annotations: JsonObject) => JsonObject): JsonObject {
  const { metadata } = object;
  if (!isObject(metadata) || !isObject(metadata["annotations"])) return object;
  return { ...object, metadata: { ...metadata, annotations: change(metadata["annotations"]) } };
}
