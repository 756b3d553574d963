import type { Problem, Resource } from "@freehold/apis";

import type { Schema } from "./structural-schema.ts";

/** Runs the rules that schemas hold (`x-kubernetes-validations`), apart from everything else, and never for long. */
export interface RuleEngine {
  /** What is wrong with the rules of a schema as such; paths begin with `path`. */
  compile(schema: Schema, path: string): Promise<readonly Problem[]>;
  /** Which rules do not hold of an object; `old` is what it replaces. */
  check(schema: Schema, next: Resource, old: Resource | undefined): Promise<readonly Problem[]>;
}
