import { childOf, EMPTY, type FieldsV1, isBare, isOwned, LEAF, SELF } from "./fields-v1.ts";

/** Set algebra of paths. Nothing is changed in place; a result shares what it can with its operands. */

export function union(a: FieldsV1, b: FieldsV1): FieldsV1 {
  return combine(rootOf(a), rootOf(b), (inA, inB) => inA || inB) ?? EMPTY;
}

export function intersection(a: FieldsV1, b: FieldsV1): FieldsV1 {
  return combine(rootOf(a), rootOf(b), (inA, inB) => inA && inB) ?? EMPTY;
}

/** Paths of `a` that are not in `b`. Owning a parent says nothing about its children, nor the other way round. */
export function difference(a: FieldsV1, b: FieldsV1): FieldsV1 {
  return combine(rootOf(a), rootOf(b), (inA, inB) => inA && !inB) ?? EMPTY;
}

/** Paths of `a` that are neither in `b` nor below a path of `b`. */
export function withoutSubtrees(a: FieldsV1, b: FieldsV1): FieldsV1 {
  return isBare(a) ? EMPTY : (cutAt(a, b) ?? EMPTY);
}

type Keep = (inA: boolean, inB: boolean) => boolean;

/** An empty root is no node; an empty node below is an owned leaf. */
function rootOf(set: FieldsV1): FieldsV1 | undefined {
  return isBare(set) ? undefined : set;
}

function combine(a: FieldsV1 | undefined, b: FieldsV1 | undefined, keep: Keep): FieldsV1 | undefined {
  if (a === undefined) return keep(false, true) ? b : undefined;
  if (b === undefined) return keep(true, false) ? a : undefined;
  const children: [string, FieldsV1][] = [];
  const add = (element: string): void => {
    if (element === SELF) return;
    const child = combine(childOf(a, element), childOf(b, element), keep);
    if (child) children.push([element, child]);
  };
  for (const element in a) add(element);
  for (const element in b) if (!Object.hasOwn(a, element)) add(element);
  return nodeOf(keep(isOwned(a), isOwned(b)), children);
}

function cutAt(a: FieldsV1, b: FieldsV1): FieldsV1 | undefined {
  const children: [string, FieldsV1][] = [];
  for (const [element, child] of Object.entries(a)) {
    const cut = element === SELF ? undefined : childOf(b, element);
    if (element === SELF || (cut && isOwned(cut))) continue;
    const kept = cut ? cutAt(child, cut) : child;
    if (kept) children.push([element, kept]);
  }
  return nodeOf(isOwned(a), children);
}

function nodeOf(isMember: boolean, children: readonly [string, FieldsV1][]): FieldsV1 | undefined {
  if (children.length === 0) return isMember ? LEAF : undefined;
  return Object.fromEntries(isMember ? [[SELF, LEAF], ...children] : children);
}
