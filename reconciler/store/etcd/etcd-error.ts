import { StoreError } from "../errors.ts";

/** Why etcd refused a request, by its own words (etcd/api/v3rpc/rpctypes/error.go); undefined for everything else. */
export type Refusal = "compacted" | "future" | "no-space" | "invalid";

const WORDS: readonly (readonly [RegExp, Refusal])[] = [
  [/required revision has been compacted/, "compacted"],
  [/required revision is a future revision/, "future"],
  [/database space exceeded/, "no-space"],
  [/request is too large|too many operations|duplicate key given|key is not provided/, "invalid"],
];

export function refusalOf(error: unknown): Refusal | undefined {
  const message = error instanceof Error ? error.message : "";
  return WORDS.find(([words]) => words.test(message))?.[1];
}

/** An error that needs no second question to etcd. Whatever is not a clear refusal leaves the outcome unknown: `Unavailable`. */
export function translate(error: unknown, action: string): Error {
  const why = error instanceof Error ? error.message : String(error);
  const message = `Cannot ${action}: ${why}`;
  switch (refusalOf(error)) {
    case "no-space":
      return new StoreError("NoSpace", message, { cause: error });
    case "future":
      return new StoreError("FutureRevision", message, { cause: error });
    case "compacted":
      return new StoreError("Compacted", message, { cause: error });
    case "invalid":
      return new Error(message, { cause: error });
    case undefined:
      return new StoreError("Unavailable", message, { cause: error });
  }
}
