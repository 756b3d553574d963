import { isTearingDown, type Resource } from "@freehold/apis";

import type { Desired, Transformer, World } from "./contracts.ts";
import type { ControllerContext, PassResult } from "./controller-context.ts";
import { holdDesired } from "./hold-desired.ts";
import { nameKey } from "./kind-cache.ts";
import { ownerOf } from "./owned-by.ts";
import { hasFinalizer } from "./resource-writer.ts";
import { writeStatus } from "./status-writer.ts";

export interface TransformerPass<In extends Resource> {
  readonly transformer: Transformer<In>;
  readonly world: World;
  readonly context: ControllerContext;
}

/** Makes the outputs of one input what `derive` says, deletes what it says no longer, and sums up. */
export async function transformOnce<In extends Resource>(
  key: string,
  pass: TransformerPass<In>,
): Promise<PassResult> {
  const { transformer, context } = pass;
  await catchUp(key, pass);
  const found = context.caches.of(transformer.input).get(key);
  if (!found) return { next: "done" };
  const claimed = hasFinalizer(found, transformer.name);
  if (isTearingDown(found)) return claimed ? tearDown(found, pass) : { next: "done" };
  const input = claimed ? found : await context.writer.setFinalizer(transformer.input, found, true);
  const wishes = transformer.derive(input, pass.world);
  await removeUnwanted(input, wishes, pass);
  // Side by side, so that the store makes one commit of them.
  await Promise.all(
    wishes.map((wish) => holdDesired(wish, { name: input.metadata, resource: input }, context)),
  );
  await sumUp(input, pass);
  return { next: "done" };
}

/** Acting on a view from before an own write would create an output twice, or give the same address to two. */
async function catchUp<In extends Resource>(
  key: string,
  { transformer, context: { writer, signal } }: TransformerPass<In>,
): Promise<void> {
  await writer.catchUp(transformer.input, key, signal);
  if (transformer.serial === true) await writer.catchUpKind(transformer.input, signal);
  for (const kind of transformer.outputs) await writer.catchUpKind(kind, signal);
}

async function removeUnwanted<In extends Resource>(
  input: In,
  wishes: readonly Desired[],
  pass: TransformerPass<In>,
): Promise<void> {
  const wanted = new Set(wishes.map((wish) => `${wish.kind.id} ${nameKey(wish.name, wish.namespace)}`));
  for (const { kind, resource } of outputsOf(input, pass)) {
    const { name, namespace, uid } = resource.metadata;
    if (wanted.has(`${kind.id} ${nameKey(name, namespace)}`) || isTearingDown(resource)) continue;
    await pass.context.writer.delete(kind, { name, namespace }, uid);
  }
}

async function tearDown<In extends Resource>(input: In, pass: TransformerPass<In>): Promise<PassResult> {
  const { transformer, context } = pass;
  const outputs = outputsOf(input, pass);
  if (outputs.length > 0) {
    await removeUnwanted(input, [], pass);
    await sumUp(input, pass);
    return { next: "done" };
  }
  for (const { kind, name } of transformer.release?.(input, pass.world) ?? []) {
    await context.writer.delete(kind, name);
  }
  await context.writer.setFinalizer(transformer.input, input, false);
  return { next: "done" };
}

function outputsOf<In extends Resource>(
  input: In,
  { transformer, context }: TransformerPass<In>,
): readonly { readonly kind: Transformer<In>["outputs"][number]; readonly resource: Resource }[] {
  const key = nameKey(input.metadata.name, input.metadata.namespace);
  return transformer.outputs.flatMap((kind) =>
    context.caches
      .of(kind)
      .list()
      .filter((resource) => {
        const owner = ownerOf(resource, transformer.name);
        return owner !== undefined && nameKey(owner.name, owner.namespace) === key;
      })
      .map((resource) => ({ kind, resource })),
  );
}

async function sumUp<In extends Resource>(
  input: In,
  { transformer, world, context }: TransformerPass<In>,
): Promise<void> {
  const summary = transformer.summarise?.(input, world);
  if (!summary) return;
  await writeStatus(transformer.input, input, { standing: summary.outcome, own: summary.status }, context);
}
