import { type KnownObject, type KnownWorld, type Standing, standingOf } from "./known-object.ts";
import { partsOf } from "./relations.ts";

/** A step on the way from an object to the causes of its state. */
export type Cause =
  | {
      readonly type: "object";
      readonly known: KnownObject;
      readonly standing: Standing;
      /** What of its parts is not well; none for a cause that stands for itself. */
      readonly because: readonly Cause[];
    }
  | { readonly type: "missing"; readonly kind: string; readonly name: string };

/** Follows an object's parts down to those that are not well for no reason of another part. */
export function findCauses(
  whole: KnownObject,
  world: KnownWorld,
  above: ReadonlySet<KnownObject> = new Set(),
): Cause {
  const standing = standingOf(whole);
  const path = new Set([...above, whole]);
  const because =
    standing.type === "ready" || standing.type === "plain"
      ? []
      : partsOf(whole, world).flatMap((part): readonly Cause[] => {
          if (part.type === "missing") return standing.type === "leaving" ? [] : [part];
          if (path.has(part.part) || (!part.blamed && isWell(standingOf(part.part)))) return [];
          return [findCauses(part.part, world, path)];
        });
  return { type: "object", known: whole, standing, because: blaming(standing, because) };
}

/** A stalled object speaks for itself unless one of its parts is stalled or missing too: those that merely wait follow from it. */
function blaming(standing: Standing, because: readonly Cause[]): readonly Cause[] {
  if (standing.type !== "unready" || !standing.stalled) return because;
  return because.filter((cause) => cause.type === "missing" || isStalled(cause));
}

function isStalled(cause: Cause): boolean {
  if (cause.type === "missing") return true;
  const { standing, because } = cause;
  return (standing.type === "unready" && standing.stalled) || because.some(isStalled);
}

function isWell({ type }: Standing): boolean {
  return type === "ready" || type === "plain";
}

/** The ends of the ways: what is to be mended. */
export function rootsOf(cause: Cause): readonly Cause[] {
  if (cause.type === "missing" || cause.because.length === 0) return [cause];
  return cause.because.flatMap(rootsOf);
}
