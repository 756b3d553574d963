import type { Schema } from "../structural-schema.ts";
import type { BrokenRule } from "./check-rules.ts";
import type { RuleFault } from "./compiled-rules.ts";

/** What the thread is asked: one thing at a time. */
export type RuleRequest =
  | { readonly type: "compile"; readonly schema: Schema; readonly path: string }
  | {
      readonly type: "check";
      readonly id: number;
      /** Sent with the first object of a schema. */
      readonly schema: Schema | undefined;
      readonly value: unknown;
      readonly old: unknown;
    };

export type RuleReply =
  | { readonly type: "ready" }
  | { readonly type: "compiled"; readonly faults: readonly RuleFault[] }
  | { readonly type: "checked"; readonly broken: readonly BrokenRule[] };
