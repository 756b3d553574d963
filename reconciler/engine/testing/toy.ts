import { commonStatus, defineKind, type ResourceOf } from "@freehold/apis";
import { Type } from "typebox";

import type { Goal, Plan, Realizer, StepContext } from "../contracts.ts";
import { toPlan } from "../contracts.ts";

const toys = { group: "test.freehold.dev", version: "v1", scope: "Namespaced", tier: "public" } as const;

/** A lamp has a brightness; its plug gives it power. */
export const lampKind = defineKind({
  ...toys,
  kind: "Lamp",
  description: "A lamp.",
  spec: Type.Object({ brightness: Type.Integer({ default: 1 }) }),
  status: Type.Object({ ...commonStatus, seen: Type.Optional(Type.Integer()) }),
  reasons: { NoPlug: { text: "Its plug is missing.", next: "Make the plug." } },
});

export const plugKind = defineKind({
  ...toys,
  kind: "Plug",
  description: "A plug.",
  spec: Type.Object({ volts: Type.Integer() }),
  status: Type.Object({ ...commonStatus }),
});

export type Lamp = ResourceOf<typeof lampKind>;
export type Plug = ResourceOf<typeof plugKind>;

export type LampStep =
  | { readonly do: "screw-in"; readonly name: string }
  | { readonly do: "set"; readonly name: string; readonly to: number }
  | { readonly do: "unscrew"; readonly name: string };

/** Lamps there are, by name, and how bright they are. */
export class Room {
  readonly lamps = new Map<string, number>();
  /** Steps that were taken. */
  readonly log: string[] = [];
  /** What a test wants to happen in the middle of a step. */
  during: (step: LampStep, context: StepContext) => Promise<void> = async () => undefined;
}

export interface LampObservation {
  readonly name: string;
  readonly brightness: number | undefined;
  readonly volts: number | undefined;
}

export const lampRealizer: Realizer<Lamp, Room, LampObservation, LampStep> = {
  name: "test.lamp",
  kind: lampKind,
  reads: [plugKind],
  touchedBy: ({ metadata }) => [metadata],
  observe: async ({ metadata }, room, world) => ({
    name: metadata.name,
    brightness: room.lamps.get(metadata.name),
    volts: world.get(plugKind, metadata.name, metadata.namespace)?.spec.volts,
  }),
  plan: planLamp,
  apply: applyLampStep,
  status: (_lamp, { brightness }) => (brightness === undefined ? {} : { seen: brightness }),
  deadlineMs: () => 10_000,
  fact: (step) => `needed ${step.do}`,
  orphans: async (room, world) => {
    const names = [...room.lamps.keys()];
    const known = new Set(world.list(lampKind).map(({ metadata }) => metadata.name));
    return names.filter((name) => !known.has(name)).map((name) => ({ do: "unscrew", name }));
  },
};

/** Brightness is what is wished times what the plug gives, so that a plug is an input of the lamp. */
export function planLamp(goal: Goal<Lamp>, { name, brightness, volts }: LampObservation): Plan<LampStep> {
  if (goal.want === "absent") return toPlan(brightness === undefined ? [] : [{ do: "unscrew", name }]);
  const wished = goal.resource.spec.brightness;
  if (wished < 0) return { type: "waiting", reason: "NoPlug", message: "it has no plug", retryAfterMs: 1000 };
  if (brightness === undefined) return toPlan([{ do: "screw-in", name }]);
  const to = wished * (volts ?? 1);
  return toPlan(brightness === to ? [] : [{ do: "set", name, to }]);
}

async function applyLampStep(step: LampStep, room: Room, context: StepContext): Promise<void> {
  room.log.push(step.do);
  await room.during(step, context);
  if (step.do === "screw-in") room.lamps.set(step.name, 0);
  else if (step.do === "set") room.lamps.set(step.name, step.to);
  else room.lamps.delete(step.name);
}
