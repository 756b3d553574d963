import type { Sensor } from "./contracts.ts";
import type { ControllerContext, PassResult } from "./controller-context.ts";
import { equalValue } from "./equal-value.ts";
import { holdDesired } from "./hold-desired.ts";
import { nameKey } from "./kind-cache.ts";
import { ownerOf } from "./owned-by.ts";

/** Looks at the machine, and makes the sensor's objects say what was seen. */
export async function senseOnce<Host>(
  sensor: Sensor<Host>,
  host: Host,
  context: ControllerContext,
): Promise<PassResult> {
  const wishes = await sensor.sense(host);
  const wanted = new Set(wishes.map((wish) => `${wish.kind.id} ${nameKey(wish.name, wish.namespace)}`));
  for (const kind of sensor.outputs) {
    for (const { metadata, ...rest } of context.caches.of(kind).list()) {
      const known = ownerOf({ metadata, ...rest }, sensor.name);
      if (!known || wanted.has(`${kind.id} ${nameKey(metadata.name, metadata.namespace)}`)) continue;
      await context.writer.delete(kind, metadata, metadata.uid);
    }
  }
  for (const wish of wishes) {
    await holdDesired(wish, { name: { name: sensor.name } }, context);
    const seen = context.caches.of(wish.kind).get(nameKey(wish.name, wish.namespace));
    // A new object comes back by the watch, which brings this pass again.
    if (!seen || wish.status === undefined || equalValue(wish.status, seen.status)) continue;
    await context.writer.updateStatus(wish.kind, { ...seen, status: wish.status });
  }
  return { next: "done" };
}
