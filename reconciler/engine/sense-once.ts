import { isTearingDown } from "@freehold/apis";

import type { Sensor } from "./contracts.ts";
import type { ControllerContext, PassResult } from "./controller-context.ts";
import { holdDesired } from "./hold-desired.ts";
import { nameKey } from "./kind-cache.ts";
import { ownerOf } from "./owned-by.ts";
import { writeStatus } from "./status-writer.ts";

/** Looks at the machine, and makes the sensor's objects say what was seen. */
export async function senseOnce<Host>(
  sensor: Sensor<Host>,
  host: Host,
  context: ControllerContext,
): Promise<PassResult> {
  const wishes = await sensor.sense(host);
  const { writer, caches, signal } = context;
  for (const kind of sensor.outputs) await writer.catchUpKind(kind, signal);
  const wanted = new Set(wishes.map((wish) => `${wish.kind.id} ${nameKey(wish.name, wish.namespace)}`));
  for (const kind of sensor.outputs) {
    for (const output of caches.of(kind).list()) {
      const { name, namespace, uid } = output.metadata;
      const gone = ownerOf(output, sensor.name) && !wanted.has(`${kind.id} ${nameKey(name, namespace)}`);
      if (gone && !isTearingDown(output)) await writer.delete(kind, { name, namespace }, uid);
    }
  }
  for (const wish of wishes) {
    if (!(await holdDesired(wish, { name: { name: sensor.name } }, context))) continue;
    await writer.catchUpKind(wish.kind, signal);
    const seen = caches.of(wish.kind).get(nameKey(wish.name, wish.namespace));
    if (!seen || wish.status === undefined) continue;
    const standing = { type: "ready", reason: "Ready", message: "" } as const;
    await writeStatus(wish.kind, seen, { standing, own: Object(wish.status) as object }, context);
  }
  return { next: "done" };
}
