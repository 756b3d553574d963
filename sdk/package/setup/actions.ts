import type { Effects } from "../abi/effects.ts";
import type { Action } from "../abi/package-exports.ts";
import type { ActionMetadata, ActionResult } from "../abi/values.ts";

/** Something people can ask the package to do. */
export interface ActionDefinition {
  readonly id: string;
  readonly metadata: Omit<ActionMetadata, "hasInput">;
  /** The form (section 7.1) and what it is filled in with; no input when not given. */
  readonly input?: (effects: Effects) => Promise<{
    readonly spec: Readonly<Record<string, unknown>>;
    readonly value: Readonly<Record<string, unknown>> | null;
  }>;
  readonly run: (effects: Effects, input: Readonly<Record<string, unknown>>) => Promise<ActionResult | null>;
}

export async function exportActions(effects: Effects, actions: readonly ActionDefinition[]): Promise<void> {
  for (const { id, metadata, input } of actions) {
    await effects.action.export({ id, metadata: { ...metadata, hasInput: input !== undefined } });
  }
  await effects.action.clear({ except: actions.map(({ id }) => id) });
}

/** The `actions` export. */
export function actionTable(actions: readonly ActionDefinition[]): ReadonlyMap<string, Action> {
  return new Map(actions.map((definition) => [definition.id, actionOf(definition)]));
}

function actionOf({ input, run }: ActionDefinition): Action {
  return {
    getInput: async ({ effects, prefill }) => {
      if (!input) return null;
      const { spec, value } = await input(effects);
      return { eventId: effects.eventId ?? "", spec, value: prefill ? { ...value, ...prefill } : value };
    },
    run: ({ effects, input: given }) => run(effects, given),
  };
}
