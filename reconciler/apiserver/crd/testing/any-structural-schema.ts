import fc from "fast-check";

import type { Schema } from "../structural-schema.ts";

/** Structural schemas with few names, so that values often meet them. */
const NAMES = ["a", "b", "c"] as const;

const name = fc.constantFrom(...NAMES);

/** Any structural schema of an object, a few levels deep. */
export const anyObjectSchema: fc.Arbitrary<Schema> = fc.letrec<{ schema: Schema; object: Schema }>((tie) => ({
  schema: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ type: fc.constant("string"), nullable: fc.boolean() }),
    fc.record({ type: fc.constant("integer") }),
    fc.record({ type: fc.constant("string"), default: fc.constant("given") }),
    fc.record({ type: fc.constant("integer"), default: fc.constant(7), nullable: fc.boolean() }),
    fc.constant({ "x-kubernetes-int-or-string": true }),
    fc.constant({ "x-kubernetes-preserve-unknown-fields": true }),
    fc.record({ type: fc.constant("array"), items: tie("schema") }),
    fc.record({ type: fc.constant("object"), additionalProperties: tie("schema") }),
    tie("object"),
  ),
  object: fc.record(
    {
      type: fc.constant("object"),
      properties: fc.dictionary(name, tie("schema"), { maxKeys: 3 }),
      default: fc.constant({}),
      "x-kubernetes-preserve-unknown-fields": fc.constant(true),
    },
    { requiredKeys: ["type", "properties"] },
  ),
})).object;

/** Any JSON of the same few names. */
export const anyValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown; object: object }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(null, true, 0, 1, 1.5, "x", ""),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("object"),
  ),
  object: fc.dictionary(fc.constantFrom(...NAMES, "d"), tie("value"), { maxKeys: 4 }),
})).object;
