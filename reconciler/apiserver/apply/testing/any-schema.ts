import fc from "fast-check";

/** A structural schema, and values that fit it. */
export interface AnyType {
  readonly schema: object;
  readonly values: fc.Arbitrary<unknown>;
}

const NAMES = ["a", "b", "c"] as const;
const scalars: readonly AnyType[] = [
  { schema: { type: "integer" }, values: fc.nat({ max: 2 }) },
  { schema: { type: "string", nullable: true }, values: fc.constantFrom("", "x", "y", null) },
];
const members = (values: fc.Arbitrary<unknown>): fc.Arbitrary<object> =>
  fc.dictionary(fc.constantFrom(...NAMES), values, { maxKeys: 3, noNullPrototype: true });

const sets: AnyType = {
  schema: { type: "array", "x-kubernetes-list-type": "set", items: { type: "string" } },
  values: fc.uniqueArray(fc.constantFrom("p", "q", "r"), { maxLength: 3 }),
};
const atomicList: AnyType = {
  schema: { type: "array", items: { type: "string" } },
  values: fc.array(fc.constantFrom("p", "q"), { maxLength: 2 }),
};
const unknown: AnyType = {
  schema: { "x-kubernetes-preserve-unknown-fields": true },
  values: fc.letrec((tie) => ({
    node: fc.oneof({ maxDepth: 2, withCrossShrink: true }, fc.nat({ max: 1 }), members(tie("node"))),
  })).node,
};

/** Any schema of a few levels with everything that has a meaning for ownership: leaves, records, maps, sets, lists by key, atoms. */
export function anyType(depth: number): fc.Arbitrary<AnyType> {
  const leaves = fc.constantFrom(...scalars, sets, atomicList, unknown);
  if (depth === 0) return leaves;
  const inner = anyType(depth - 1);
  return fc.oneof(leaves, anyRecord(depth), inner.map(mapOf), inner.map(atomicMapOf), inner.map(listOf));
}

/** A record with declared members. */
export function anyRecord(depth: number): fc.Arbitrary<AnyType> {
  return fc.tuple(...NAMES.map(() => anyType(depth - 1))).map((types) => ({
    schema: {
      type: "object",
      properties: Object.fromEntries(types.map(({ schema }, i) => [NAMES[i], schema])),
    },
    values: fc.record(Object.fromEntries(types.map(({ values }, i) => [NAMES[i], values])), {
      requiredKeys: [],
      noNullPrototype: true,
    }),
  }));
}

function mapOf({ schema, values }: AnyType): AnyType {
  return { schema: { type: "object", additionalProperties: schema }, values: members(values) };
}

function atomicMapOf(type: AnyType): AnyType {
  const { schema, values } = mapOf(type);
  return { schema: { ...schema, "x-kubernetes-map-type": "atomic" }, values };
}

function listOf({ schema, values }: AnyType): AnyType {
  const item = fc.record(
    { id: fc.constantFrom(...NAMES), value: values },
    { requiredKeys: ["id"], noNullPrototype: true },
  );
  return {
    schema: {
      type: "array",
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["id"],
      items: { type: "object", properties: { id: { type: "string" }, value: schema } },
    },
    values: fc.uniqueArray(item, { maxLength: 3, selector: ({ id }) => id }),
  };
}
