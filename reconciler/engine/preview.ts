import { isTearingDown, type Kind, type Resource } from "@freehold/apis";

import type { Desired, Name, Transformer, World } from "./contracts.ts";
import { equalValue } from "./equal-value.ts";
import { desiredChange, draftOf } from "./hold-desired.ts";
import { keyOf, nameKey } from "./kind-cache.ts";
import type { ObjectEffect } from "./object-effect.ts";
import { OverlayWorld } from "./overlay-world.ts";
import { ownerOf } from "./owned-by.ts";

/** Changes that are followed at most; derivations that feed each other in a circle would never end. */
const MOST = 1000;

/**
 * What a change would do to other objects: every transformer it concerns derives again, over a world in which the change and what
 * followed from it has happened. Nothing is written. What depends on facts that only come of doing it (the manifest of an archive
 * nobody has read yet) is not foreseen.
 */
export function previewChange(
  change: ObjectEffect,
  transformers: readonly Transformer<Resource>[],
  world: World,
): readonly ObjectEffect[] {
  const overlay = new OverlayWorld(world);
  overlay.set(change);
  const waiting: ObjectEffect[] = [change];
  for (let count = 0; count < MOST; count += 1) {
    const next = waiting.shift();
    if (!next) break;
    for (const transformer of transformers) waiting.push(...followUps(transformer, next, overlay));
  }
  return overlay.effects().filter(({ kind, before, after }) => !isSame({ kind, before, after }, change));
}

/** What one transformer makes of a change; it has happened in the overlay then. */
function followUps(
  transformer: Transformer<Resource>,
  change: ObjectEffect,
  overlay: OverlayWorld,
): readonly ObjectEffect[] {
  return inputsOf(transformer, change, overlay).flatMap((input) => {
    const effects = derivedEffects(transformer, input, overlay);
    for (const effect of effects) overlay.set(effect);
    return effects;
  });
}

function isSame(a: ObjectEffect, b: ObjectEffect): boolean {
  const [one, other] = [a.after ?? a.before, b.after ?? b.before];
  return a.kind.id === b.kind.id && one !== undefined && other !== undefined && keyOf(one) === keyOf(other);
}

interface Input {
  readonly name: Name;
  /** Undefined when it is gone. */
  readonly resource: Resource | undefined;
  readonly gone: Resource | undefined;
}

function inputsOf(
  transformer: Transformer<Resource>,
  { kind, before, after }: ObjectEffect,
  world: OverlayWorld,
): readonly Input[] {
  const changed = after ?? before;
  if (!changed) return [];
  const own: readonly Input[] =
    kind.id === transformer.input.id
      ? [{ name: changed.metadata, resource: after, gone: after ? undefined : before }]
      : [];
  if (![...transformer.reads, ...transformer.outputs].some(({ id }) => id === kind.id)) return own;
  const touched = (transformer.touchedBy?.(changed, world) ?? []).flatMap((name): readonly Input[] => {
    const resource = world.get(transformer.input, name.name, name.namespace);
    return resource ? [{ name, resource, gone: undefined }] : [];
  });
  return [...own, ...touched];
}

function derivedEffects(
  transformer: Transformer<Resource>,
  { name, resource, gone }: Input,
  world: OverlayWorld,
): readonly ObjectEffect[] {
  if (!resource || isTearingDown(resource)) return goneEffects(transformer, { name, gone }, world);
  const wishes = transformer.derive(resource, world);
  const wanted = new Set(wishes.map(placeOf));
  const unwanted = outputsOf(transformer, name, world).filter(
    ({ kind, resource: output }) => !wanted.has(`${kind.id} ${keyOf(output)}`),
  );
  return [
    ...unwanted.map(({ kind, resource: before }): ObjectEffect => ({ kind, before, after: undefined })),
    ...wishes.flatMap((wish) => wishEffects(wish, { name, resource }, transformer.name, world)),
  ];
}

function goneEffects(
  transformer: Transformer<Resource>,
  { name, gone }: Pick<Input, "name" | "gone">,
  world: OverlayWorld,
): readonly ObjectEffect[] {
  const outputs = outputsOf(transformer, name, world);
  const released = gone
    ? (transformer.release?.(gone, world) ?? []).flatMap(({ kind, name: { name: held, namespace } }) => {
        const resource = world.get(kind, held, namespace);
        return resource ? [{ kind, resource }] : [];
      })
    : [];
  return [...outputs, ...released].map(({ kind, resource }) => ({
    kind,
    before: resource,
    after: undefined,
  }));
}

function wishEffects(
  wish: Desired,
  owner: { readonly name: Name; readonly resource: Resource },
  controller: string,
  world: OverlayWorld,
): readonly ObjectEffect[] {
  const before = world.get(wish.kind, wish.name, wish.namespace);
  if (!before) return [{ kind: wish.kind, before, after: draftOf(wish, owner, controller) }];
  if (wish.hold === "ensure" || isTearingDown(before)) return [];
  const after = desiredChange(wish, before);
  return after === undefined || equalValue(after, before) ? [] : [{ kind: wish.kind, before, after }];
}

function outputsOf(
  transformer: Transformer<Resource>,
  name: Name,
  world: World,
): readonly { readonly kind: Kind; readonly resource: Resource }[] {
  return transformer.outputs.flatMap((kind) =>
    world
      .list(kind)
      .filter((resource) => {
        const owner = ownerOf(resource, transformer.name);
        return (
          owner !== undefined && nameKey(owner.name, owner.namespace) === nameKey(name.name, name.namespace)
        );
      })
      .map((resource) => ({ kind, resource })),
  );
}

function placeOf({ kind, name, namespace }: Desired): string {
  return `${kind.id} ${nameKey(name, namespace)}`;
}
