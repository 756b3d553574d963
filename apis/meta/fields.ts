import { Type } from "typebox";

import { QUANTITY_PATTERN } from "./quantity.ts";

/** Building blocks the kinds share. */

/** RFC 1123 label: what packages, volumes, hosts and interfaces may be called. */
export const NAME_PATTERN = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

const described = (description: string): { description: string } => ({ description });

export const quantity = (description: string) =>
  Type.String({
    description,
    pattern: QUANTITY_PATTERN,
    "x-message": "must be a quantity such as 512Mi, 250m or 2",
  });

export const label = (description: string) =>
  Type.String({
    description,
    pattern: NAME_PATTERN,
    maxLength: 63,
    "x-message":
      "must consist of lower case letters, digits and '-', and start and end with a letter or digit",
  });

export const text = (description: string) => Type.String(described(description));
export const flag = (description: string, defaultValue?: boolean) =>
  Type.Boolean(defaultValue === undefined ? described(description) : { description, default: defaultValue });
export const whole = (description: string, minimum = 0, maximum = Number.MAX_SAFE_INTEGER) =>
  Type.Integer({ description, minimum, maximum });
export const port = (description: string) => whole(description, 1, 65535);
export const time = (description: string) => Type.String({ description, format: "date-time" });
export const map = (description: string) => Type.Record(Type.String(), Type.String(), described(description));
/** Bytes in base64 (RFC 4648) by name; line breaks between are allowed, as Kubernetes' decoder skips them. */
export const bytesMap = (description: string) =>
  Type.Record(
    Type.String(),
    Type.String({ pattern: "^[A-Za-z0-9+/\\r\\n]*={0,2}[\\r\\n]*$" }),
    described(description),
  );
/** Any JSON; kept as it is. */
export const anything = (description: string) =>
  Type.Unknown({ description, "x-kubernetes-preserve-unknown-fields": true });

/** One of a closed set of words. */
export function word<const W extends readonly string[]>(description: string, words: W) {
  return Type.Unsafe<W[number]>({ type: "string", enum: words, description });
}

export const progress = Type.Object(
  {
    phase: text("What is being done, in one word."),
    done: Type.Number(described("Units finished.")),
    total: Type.Optional(Type.Number(described("Units in all, when known."))),
    unit: Type.Optional(word("What is counted.", ["bytes", "steps", "files"])),
    rate: Type.Optional(Type.Number(described("Units per second over the last seconds."))),
    etaSeconds: Type.Optional(Type.Number(described("Estimated seconds left."))),
  },
  described("How far long work has come."),
);

export const condition = Type.Object(
  {
    type: text("Ready, Reconciling or Stalled."),
    status: word("Whether it holds.", ["True", "False", "Unknown"]),
    reason: text("One of the kind's documented reasons."),
    message: text("What was found, for people."),
    observedGeneration: Type.Optional(whole("The generation this was said of.")),
    lastTransitionTime: time("When status last changed."),
  },
  described("A metav1.Condition."),
);

/** What the engine writes into every status. */
export const commonStatus = {
  observedGeneration: Type.Optional(whole("The generation this status speaks of.")),
  conditions: Type.Optional(
    Type.Array(condition, {
      description: "Ready always; Reconciling and Stalled only while true.",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["type"],
    }),
  ),
  progress: Type.Optional(progress),
};
