import { isTearingDown, type Resource } from "@freehold/apis";

import type { Sensor } from "./contracts.ts";
import type { ControllerContext } from "./controller-context.ts";
import type { Runnable } from "./controller-runner.ts";
import { type CacheChange, keyOf } from "./kind-cache.ts";
import type { RealizerPass } from "./realizer-pass.ts";
import { reconcileOnce } from "./reconcile-once.ts";
import { senseOnce } from "./sense-once.ts";
import { sweepOnce } from "./sweep-once.ts";
import { type TransformerPass, transformOnce } from "./transform-once.ts";

export function transformerRunnable<In extends Resource>(pass: TransformerPass<In>): Runnable {
  const cache = pass.context.caches.of(pass.transformer.input);
  return {
    name: pass.transformer.name,
    keys: () => cache.list().map(keyOf),
    pass: (key) => transformOnce(key, pass),
  };
}

export function sensorRunnable<Host>(sensor: Sensor<Host>, host: Host, context: ControllerContext): Runnable {
  return { name: sensor.name, keys: () => [sensor.name], pass: () => senseOnce(sensor, host, context) };
}

/** A realizer's passes; `interrupt` ends a running pass when its object's deletion begins, so that nothing is made only to be torn down. */
export function realizerRunnable<R extends Resource, Host, Observed, Step extends { readonly do: string }>(
  parts: Omit<RealizerPass<R, Host, Observed, Step>, "signal" | "failures" | "settledInputs">,
): Runnable & { readonly interrupt: (change: CacheChange) => void } {
  const running = new Map<string, AbortController>();
  const { realizer, context } = parts;
  const settledInputs = new Map<string, string>();
  const cache = context.caches.of(realizer.kind);
  return {
    ...(realizer.orphans && { sweep: () => sweepOnce(realizer, parts) }),
    name: realizer.name,
    keys: () => cache.list().map(keyOf),
    interrupt: ({ resource, previous }) => {
      const began = isTearingDown(resource) && previous !== undefined && !isTearingDown(previous);
      // Nothing must be made only to be torn down.
      if (began) running.get(keyOf(resource))?.abort(new Error("the object is being deleted"));
    },
    pass: async (key, failures) => {
      const interruption = new AbortController();
      running.set(key, interruption);
      try {
        const signal = AbortSignal.any([context.signal, interruption.signal]);
        return await reconcileOnce(key, { ...parts, settledInputs, signal, failures });
      } finally {
        running.delete(key);
      }
    },
  };
}
