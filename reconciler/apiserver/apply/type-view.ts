/**
 * How the walks see a value's type. What a view does not describe is one leaf: owned, compared and replaced as a whole. That
 * covers scalars, atomic lists and maps, and values that do not have the type they should.
 */
export interface TypeView {
  /** How objects are split into members; absent: not at all. */
  readonly map?: MapView;
  /** How arrays are split into items; absent: not at all. */
  readonly list?: ListView;
}

export interface MapView {
  /** Declared members. */
  readonly fields: ReadonlyMap<string, TypeView>;
  /** Members of any other name. */
  readonly others: TypeView;
}

export interface ListView {
  /** Members that identify an item, in code point order. None: a set, whose items are scalars that identify themselves. */
  readonly keys: readonly string[];
  /** Stands in for a key that an item leaves out. */
  readonly keyDefaults: ReadonlyMap<string, unknown>;
  readonly items: TypeView;
}

export const ATOMIC: TypeView = {};

/** Nothing is known: objects are split all the way down, arrays are leaves. */
export const DEDUCED: TypeView = {
  map: {
    fields: new Map(),
    get others() {
      return DEDUCED;
    },
  },
};

/** The type of a member of an object of this type. */
export function memberView({ fields, others }: MapView, name: string): TypeView {
  return fields.get(name) ?? others;
}
