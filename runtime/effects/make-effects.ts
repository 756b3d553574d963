import type { Effects } from "@freehold/sdk";

import type { HostCall } from "../rpc/call-host.ts";
import type { EffectContext } from "./effect-context.ts";
import { plainMethods, tracedMethods, watchedMethods } from "./effect-methods.ts";

export interface EffectsOptions {
  readonly call: HostCall;
  /** Undefined when callbacks are not wanted, as in exit. */
  readonly context: EffectContext | undefined;
  /** The init, exit or execute it is for; undefined in main, where it is not sent. */
  readonly eventId: string | undefined;
  readonly constRetry?: (() => void) | undefined;
}

type Params = Readonly<Record<string, unknown>>;

/** The object a package gets. All members are its own and enumerable, because packages work on spread copies (section 5.8). */
export function makeEffects(options: EffectsOptions): Effects {
  const { context, eventId, constRetry } = options;
  const effects: Record<string, unknown> = {
    eventId: eventId ?? null,
    isInContext: context !== undefined,
    constRetry,
    child: (name: string) => makeEffects({ ...options, context: context?.child(name) }),
    onLeaveContext: (hook: () => unknown) => context?.onLeave(hook),
  };
  context?.onLeave(() => {
    effects["isInContext"] = false;
    effects["constRetry"] = undefined;
  });
  addMethods(effects, options);
  // Built by name from the tables, which no type can follow; the tests compare it with the SDK's own interface.
  return effects as unknown as Effects;
}

function addMethods(effects: Record<string, unknown>, { call, context, eventId }: EffectsOptions): void {
  const event = eventId === undefined ? {} : { eventId };
  for (const method of plainMethods) {
    setMember(effects, method, (params: Params = {}) => call(method, { ...params, ...event }));
  }
  for (const method of watchedMethods) {
    setMember(effects, method, (params: Params = {}) => {
      const { callback } = params;
      const id = typeof callback === "function" ? context?.addCallback(() => callback()) : undefined;
      return call(method, { ...params, callback: id ?? null, ...event });
    });
  }
  for (const method of tracedMethods) {
    setMember(effects, method, (params: Params = {}) => {
      return call(method, { ...params, stack: new Error().stack, ...event });
    });
  }
}

/** Puts `action.get-input` at `effects.action.getInput`. */
function setMember(effects: Record<string, unknown>, method: string, member: unknown): void {
  const names = method.split(".").map(camelCase);
  let target = effects;
  for (const name of names.slice(0, -1)) {
    const inner: Record<string, unknown> = { ...(target[name] as object | undefined) };
    target[name] = inner;
    target = inner;
  }
  target[names.at(-1) ?? method] = member;
}

function camelCase(name: string): string {
  return name.replaceAll(/-([a-z])/gu, (_, letter: string) => letter.toUpperCase());
}
