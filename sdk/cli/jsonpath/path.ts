/** One step down a path. */
export type PathStep =
  | { readonly do: "member"; readonly name: string }
  | { readonly do: "all" }
  | { readonly do: "descend" }
  | {
      readonly do: "slice";
      readonly from: number | undefined;
      readonly to: number | undefined;
      readonly step: number;
    }
  | { readonly do: "index"; readonly index: number }
  | { readonly do: "union"; readonly steps: readonly PathStep[] }
  | { readonly do: "filter"; readonly filter: Filter };

export interface Path {
  /** `$` is what the whole template is about, `@` what is looked at now. */
  readonly root: "$" | "@";
  readonly steps: readonly PathStep[];
}

export type Operand = { readonly path: Path } | { readonly value: string | number | boolean | null };

/** `@.a == "b"`, or only `@.a`: whether there is such a thing. */
export interface Filter {
  readonly left: Operand;
  readonly operator: "==" | "!=" | "<" | "<=" | ">" | ">=" | "exists";
  readonly right: Operand | undefined;
}
