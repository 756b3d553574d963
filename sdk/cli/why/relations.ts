import { field, fieldsOf, isFields, listOf, textOf } from "../json.ts";
import { conditionOf } from "../waiting/condition.ts";
import { type KnownObject, type KnownWorld, nameOf, namespaceOf } from "./known-object.ts";

/** Something an object stands on: found, or named and not there. */
export type Part =
  | { readonly type: "found"; readonly part: KnownObject; readonly blamed?: boolean }
  | { readonly type: "missing"; readonly kind: string; readonly name: string };

/** What an object stands on: what was derived from it, what its spec names, and the packages it needs. */
export function partsOf(whole: KnownObject, world: KnownWorld): readonly Part[] {
  const needed = neededBy(whole, world);
  // It says itself that it waits for others; what its parts make of that is no cause.
  if (conditionOf(whole.object, "Ready")?.reason === "UnmetDependency" && needed.length > 0) return needed;
  const found = new Map<KnownObject, Part>();
  const missing: Part[] = [];
  for (const other of world.objects) {
    if (other !== whole && isDerivedFrom(other, whole)) found.set(other, { type: "found", part: other });
  }
  for (const part of [...namedIn(whole, world), ...needed, ...bridgeOf(whole, world)]) {
    if (part.type === "found") found.set(part.part, part);
    else missing.push(part);
  }
  return [...found.values(), ...missing];
}

/** By owner reference, or by the labels that also cross scopes. */
function isDerivedFrom(other: KnownObject, whole: KnownObject): boolean {
  const uid = field(whole.object, "metadata", "uid");
  const references = listOf(field(other.object, "metadata", "ownerReferences"));
  if (references.some((reference) => field(reference, "uid") === uid)) return true;
  const labels = fieldsOf(field(other.object, "metadata", "labels"));
  return (
    labels["freehold.dev/owner-name"] === nameOf(whole) &&
    labels["freehold.dev/owner-namespace"] === namespaceOf(whole) &&
    // A controller is called after the kind it derives from.
    textOf(labels["freehold.dev/controller"])?.split(".").at(-1) === whole.kind.kind.toLowerCase()
  );
}

/** Fields of a spec that are called like a kind hold the name of such an object. */
function namedIn(whole: KnownObject, world: KnownWorld): readonly Part[] {
  const kinds = new Map(world.kinds.map((kind) => [kind.singular, kind]));
  const parts: Part[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isFields(value)) return;
    for (const [name, inner] of Object.entries(value)) {
      const kind = kinds.get(name);
      if (kind && typeof inner === "string" && kind.kind !== whole.kind.kind) {
        parts.push(lookUp(world, kind.kind, inner, whole));
      } else visit(inner);
    }
  };
  // What a report or a binding says of its package is no need of it; a package's source names an archive by its hash.
  if (whole.kind.kind === "Container") visit(whole.object["spec"]);
  if (whole.kind.kind === "Package") visit({ machine: field(whole.object, "spec", "machine") });
  return parts;
}

/** Dependencies of a package that its status calls unmet: blamed even if they are well, being stopped as wished. */
function neededBy(whole: KnownObject, world: KnownWorld): readonly Part[] {
  if (whole.kind.kind !== "Package") return [];
  return listOf(field(whole.object, "status", "unmet")).flatMap((said): readonly Part[] => {
    const id = textOf(said)?.split(" ")[0] ?? "";
    const chosen = textOf(field(whole.object, "spec", "dependencies", id));
    const found = world.objects.find(
      (other) =>
        other.kind.kind === "Package" &&
        namespaceOf(other) === namespaceOf(whole) &&
        (chosen === undefined
          ? field(other.object, "status", "id") === id || nameOf(other) === id
          : nameOf(other) === chosen),
    );
    return [
      found
        ? { type: "found", part: found, blamed: true }
        : { type: "missing", kind: "Package", name: chosen ?? id },
    ];
  });
}

/** A machine's containers stand on the bridge that is called like it. */
function bridgeOf(whole: KnownObject, world: KnownWorld): readonly Part[] {
  const machine = textOf(field(whole.object, "spec", "machine"));
  if (whole.kind.kind !== "Container" || machine === undefined) return [];
  return [lookUp(world, "Bridge", machine, whole)];
}

function lookUp(world: KnownWorld, kind: string, name: string, whole: KnownObject): Part {
  const found = world.objects.find(
    (other) =>
      other.kind.kind === kind &&
      nameOf(other) === name &&
      (namespaceOf(other) === undefined || namespaceOf(other) === namespaceOf(whole)),
  );
  return found ? { type: "found", part: found } : { type: "missing", kind, name };
}
