import type { Schema } from "../structural-schema.ts";
import type { BrokenRule } from "./check-rules.ts";
import type { RuleFault } from "./compiled-rules.ts";

/** What the thread is asked: one thing at a time. */
export type RuleRequest =
  | { readonly type: "compile"; readonly schema: Schema; readonly path: string }
  /** Sent before the first object of a schema. */
  | { readonly type: "learn"; readonly id: number; readonly schema: Schema }
  | { readonly type: "check"; readonly id: number; readonly value: unknown; readonly old: unknown };

export type RuleReply =
  | { readonly type: "ready" }
  | { readonly type: "learnt" }
  /** The schema was never learnt. */
  | { readonly type: "unknown" }
  | { readonly type: "compiled"; readonly faults: readonly RuleFault[] }
  | { readonly type: "checked"; readonly broken: readonly BrokenRule[] };
