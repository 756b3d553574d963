import type { Resource } from "@freehold/apis";

import type { Realizer, World } from "./contracts.ts";
import type { ControllerContext } from "./controller-context.ts";

/** Failures in a row before Stalled is said. */
export const PATIENCE = 3;

/** All that one look at one object needs. */
export interface RealizerPass<R extends Resource, Host, Observed, Step extends { readonly do: string }> {
  readonly realizer: Realizer<R, Host, Observed, Step>;
  readonly host: Host;
  readonly world: World;
  readonly context: ControllerContext;
  /** Aborts when the object's deletion begins. */
  readonly signal: AbortSignal;
  /** Failures of this key so far, in a row. */
  readonly failures: number;
  /** What was read in the last pass that ended settled, by key: the engine's memory of drift. */
  readonly settledInputs: Map<string, string>;
}
