import type { Kind, ObjectMeta, Problem } from "@freehold/apis";

import { isObject } from "../json/json-object.ts";

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
/** A DNS subdomain's. */
const MAX_PREFIX = 253;
/** Roles and bindings. */
const FREELY_NAMED = "rbac.authorization.k8s.io";
const MAX_ANNOTATION_BYTES = 256 * 1024;

/** Kubernetes' rules for names, labels, annotations and finalizers. */
export function validateMeta(kind: Kind, meta: ObjectMeta): readonly Problem[] {
  return [
    ...checkName(kind, meta.name),
    ...checkLabels(textsOf(meta.labels)),
    ...checkAnnotations(textsOf(meta.annotations)),
    ...checkFinalizers(meta.finalizers),
  ];
}

/** What is no text was called wrong already, where the object was read. */
function textsOf(map: unknown): Readonly<Record<string, string>> {
  const entries = isObject(map) ? Object.entries(map) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** Anything but a list is left to the kind's schema, which says so; what is outside may be anything. */
function checkFinalizers(finalizers: unknown): readonly Problem[] {
  if (!Array.isArray(finalizers)) return [];
  return finalizers.flatMap((name: unknown, i) =>
    typeof name === "string" ? checkQualified(`metadata.finalizers[${i}]`, name) : [],
  );
}

function checkName(kind: Kind, name: string): readonly Problem[] {
  const path = "metadata.name";
  if (name.length > kind.longestName) {
    const message = `Too long: may not be more than ${kind.longestName} bytes`;
    return [{ path, reason: "FieldValueTooLong", message }];
  }
  if (name === "") {
    return [
      { path, reason: "FieldValueRequired", message: "Required value: name or generateName is required" },
    ];
  }
  if (kind.kind === "Namespace" && (!LABEL.test(name) || name.length > 63)) {
    return [
      invalid(
        path,
        name,
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', start and end with an alphanumeric character, and have at most 63 characters",
      ),
    ];
  }
  if (kind.group === FREELY_NAMED) return checkSegment(path, name);
  if (!SUBDOMAIN.test(name) || name.length > 253) {
    return [
      invalid(
        path,
        name,
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', start and end with an alphanumeric character, and have at most 253 characters",
      ),
    ];
  }
  return [];
}

/** `system:discovery` is a role's name: anything that can stand in a path (Kubernetes' path segment name). */
function checkSegment(path: string, name: string): readonly Problem[] {
  const message =
    name === "." || name === ".."
      ? `may not be '${name}'`
      : name.includes("/")
        ? "may not contain '/'"
        : name.includes("%")
          ? "may not contain '%'"
          : undefined;
  return message === undefined ? [] : [invalid(path, name, message)];
}

function checkLabels(labels: Readonly<Record<string, string>>): readonly Problem[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...checkQualified("metadata.labels", key),
    ...(LABEL_VALUE.test(value)
      ? []
      : [
          invalid(
            "metadata.labels",
            value,
            "a valid label must be an empty string or consist of at most 63 alphanumeric characters, '-', '_' or '.', and start and end with an alphanumeric character",
          ),
        ]),
  ]);
}

function checkAnnotations(annotations: Readonly<Record<string, string>>): readonly Problem[] {
  const path = "metadata.annotations";
  const size = Object.entries(annotations).reduce(
    (sum, [key, value]) => sum + key.length + Buffer.byteLength(value),
    0,
  );
  const keys = Object.keys(annotations).flatMap((key) => checkQualified(path, key.toLowerCase()));
  if (size <= MAX_ANNOTATION_BYTES) return keys;
  return [
    ...keys,
    {
      path,
      reason: "FieldValueTooLong",
      message: `Too long: may not be more than ${MAX_ANNOTATION_BYTES} bytes`,
    },
  ];
}

function checkQualified(path: string, name: string): readonly Problem[] {
  const prefix = name.slice(0, Math.max(0, name.lastIndexOf("/")));
  if (QUALIFIED.test(name) && prefix.length <= MAX_PREFIX) return [];
  return [
    invalid(
      path,
      name,
      "name part must consist of at most 63 alphanumeric characters, '-', '_' or '.', and start and end with an alphanumeric character, optionally after a DNS subdomain and '/'",
    ),
  ];
}

function invalid(path: string, value: string, rule: string): Problem {
  return { path, reason: "FieldValueInvalid", message: `Invalid value: ${JSON.stringify(value)}: ${rule}` };
}
