import fc from "fast-check";
import { expect, test } from "vitest";

import { isObject } from "../json/json-object.ts";
import { compare } from "./compare.ts";
import { fieldSetOf, mentionedIn } from "./field-set-of.ts";
import { difference, intersection, union, withoutSubtrees } from "./field-set.ts";
import { EMPTY, type FieldsV1, isBare, isOwned, SELF } from "./fields-v1.ts";
import { elementOf } from "./list-items.ts";
import type { Manager, Managers } from "./managers.ts";
import { merge } from "./merge.ts";
import { withNamedFields } from "./named-fields.ts";
import { memberNameOf } from "./path-element.ts";
import { prune } from "./prune.ts";
import { remove } from "./remove.ts";
import { anyRecord } from "./testing/any-schema.ts";
import { TrackedObject } from "./testing/tracked-object.ts";
import type { TypeView } from "./type-view.ts";
import { singleVersion } from "./versions.ts";
import { viewAt } from "./view-at.ts";

interface Write {
  readonly by: string;
  readonly operation: "apply" | "force" | "update";
  readonly spec: object;
}

interface Story {
  readonly schema: object;
  readonly writes: readonly Write[];
}

/** A schema, and writes of values that fit it by a few managers. */
function stories(operations: readonly Write["operation"][], length: number): fc.Arbitrary<Story> {
  return anyRecord(2).chain(({ schema, values }) =>
    fc.record({
      schema: fc.constant({ type: "object", properties: { spec: schema } }),
      writes: fc.array(
        fc.record({
          by: fc.constantFrom("ann", "bob", "cyd"),
          operation: fc.constantFrom(...operations),
          spec: values.filter(isObject),
        }),
        { minLength: 1, maxLength: length },
      ),
    }),
  );
}

function play(object: TrackedObject, { by, operation, spec }: Write): string {
  if (operation === "update") {
    object.update(by, { spec });
    return "applied";
  }
  return object.apply(by, { spec }, { force: operation === "force" }).type;
}

test("applyConfig() again changes nothing, and every owned path is in the object", () => {
  fc.assert(
    fc.property(stories(["apply", "force", "update"], 6), ({ schema, writes }) => {
      const object = new TrackedObject(schema);
      for (const write of writes) {
        const outcome = play(object, write);
        for (const { fields } of object.state.managers)
          expect(missing(object.view, object.object, fields)).toEqual([]);
        if (outcome === "conflict" || write.operation === "update") continue;
        const before = object.state;
        // After a force, without one too: whoever has applied owns what was applied.
        expect(play(object, { ...write, operation: "apply" })).toBe("applied");
        expect(object.state).toEqual(before);
      }
    }),
    { numRuns: 5000 },
  );
});

test("applyConfig() without force takes nothing from other appliers, and leaves their values", () => {
  fc.assert(
    fc.property(stories(["apply", "apply", "force"], 6), ({ schema, writes }) => {
      const object = new TrackedObject(schema);
      for (const write of writes) {
        const before = object.state;
        if (play(object, write) === "conflict") {
          expect(object.state).toBe(before);
          continue;
        }
        const mine = object.state.managers.find(({ manager }) => manager === write.by)?.fields ?? EMPTY;
        const { modified, removed } = compare(object.view, before.object, object.object);
        for (const other of before.managers) {
          if (other.manager === write.by) continue;
          const kept =
            object.state.managers.find(({ manager }) => manager === other.manager)?.fields ?? EMPTY;
          const lost = difference(other.fields, kept);
          expect(write.operation === "apply" ? lost : unexplained(object.view, lost, mine)).toEqual(EMPTY);
          expect(intersection(kept, union(modified, removed))).toEqual(EMPTY);
        }
      }
    }),
    { numRuns: 2500 },
  );
});

test("applyConfig() of configurations that have nothing in common gives the same in either order", () => {
  fc.assert(
    fc.property(stories(["apply", "force"], 4), ({ schema, writes: [last, ...writes] }) => {
      const object = new TrackedObject(schema);
      for (const write of writes) play(object, write);
      const one = last && { ...last, by: "eve", operation: "apply" as const };
      const two = writes[0] && { ...writes[0], by: "fay", operation: "apply" as const };
      if (!one || !two || !areApart(object.view, one.spec, two.spec)) return;
      const [here, there] = [object.copy(), object.copy()];
      const outcomes = [play(here, one), play(here, two)];
      expect([play(there, two), play(there, one)].reverse()).toEqual(outcomes);
      const { added, modified, removed } = compare(object.view, here.object, there.object);
      expect([added, modified, removed]).toEqual([EMPTY, EMPTY, EMPTY]);
      expect(here.managers.map(withoutTime)).toEqual(expect.arrayContaining(there.managers.map(withoutTime)));
    }),
    { numRuns: 2500 },
  );
});

test("prune() is the three steps of the specification in one", () => {
  fc.assert(
    fc.property(stories(["apply", "force", "update"], 6), ({ schema, writes }) => {
      const object = new TrackedObject(schema);
      for (const write of writes) {
        const { object: live, managers } = object.state;
        const last = managers.find(({ manager, operation }) => manager === write.by && operation === "Apply");
        if (last && write.operation !== "update") {
          const config = { apiVersion: last.apiVersion, metadata: { name: "w" }, spec: write.spec };
          const merged = merge(object.view, live, config);
          const mine = { ...last, fields: mentionedIn(object.view, config) };
          const present = [...managers.filter((manager) => manager !== last), mine];
          if (!isObject(merged)) throw new Error("objects merge to an object");
          const versions = singleVersion(last.apiVersion, object.view);
          expect(prune(merged, last, present, versions)).toEqual(
            pruneInSteps(object.view, merged, last, present),
          );
        }
        play(object, write);
      }
    }),
    { numRuns: 2500 },
  );
});

/** Remove all that was mine; put back what anybody owns; put back what was not mine. */
function pruneInSteps(
  view: TypeView,
  merged: Record<string, unknown>,
  last: Manager,
  managers: Managers,
): object {
  const named = (fields: FieldsV1): FieldsV1 => withNamedFields(view, fields);
  const whole = named(mentionedIn(view, merged));
  const mine = named(last.fields);
  const bare = named(mentionedIn(view, remove(view, merged, mine)));
  const ours = named(managers.map(({ fields }) => fields).reduce(union));
  const owned = named(mentionedIn(view, remove(view, merged, difference(whole, union(bare, ours)))));
  return remove(view, merged, intersection(difference(whole, owned), mine));
}

/** What was lost though the one who forced it applied nothing at, above or below it. */
function unexplained(view: TypeView, lost: FieldsV1, mine: FieldsV1): FieldsV1 {
  return withoutSubtrees(difference(lost, withNamedFields(view, mine)), mine);
}

function areApart(view: TypeView, one: object, two: object): boolean {
  const [a, b] = [one, two].map((spec) => fieldSetOf(view, { spec }));
  return a !== undefined && b !== undefined && !overlap(a, b);
}

/** Whether a path of one is, or is above, a path of the other. */
function overlap(a: FieldsV1, b: FieldsV1): boolean {
  return Object.keys(a).some((element) => {
    const [one, two] = [a[element], b[element]];
    return one !== undefined && two !== undefined && (isOwned(one) || isOwned(two) || overlap(one, two));
  });
}

/** Owned paths that lead nowhere in the value. */
function missing(view: TypeView, value: unknown, fields: FieldsV1): readonly string[] {
  if (isBare(fields)) return [];
  return Object.entries(fields).flatMap(([element, node]) => {
    if (element === SELF) return [];
    const part = partOf(view, value, element);
    if (part === undefined) return [element];
    return missing(viewAt(view, element), part, node).map((rest) => `${element} ${rest}`);
  });
}

function partOf({ list }: TypeView, value: unknown, element: string): unknown {
  const name = memberNameOf(element);
  if (name !== undefined) return isObject(value) ? value[name] : undefined;
  if (!list || !Array.isArray(value)) return undefined;
  return value.find((item) => elementOf(list, item) === element);
}

function withoutTime(entry: object): object {
  return { ...entry, time: undefined };
}
