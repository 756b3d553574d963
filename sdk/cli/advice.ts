import { field, type Fields } from "./json.ts";
import { conditionOf } from "./waiting/condition.ts";

/** What a reason means and what people can do, from the kind's own definition. */
export interface Advice {
  readonly text: string;
  readonly next: string;
}

/** The documented reasons of a kind; none for kinds that came with a CustomResourceDefinition. */
export async function reasonsOf(object: Fields): Promise<Readonly<Record<string, Advice>>> {
  // Loaded here only: the kinds bring their schemas along, which costs more than all else.
  const { builtInKinds } = await import("@freehold/apis");
  const kind = builtInKinds.find(
    ({ kind, apiVersion }) => kind === object["kind"] && apiVersion === object["apiVersion"],
  );
  return kind?.reasons ?? {};
}

/** What to do about an object's Ready condition. */
export async function adviceFor(object: Fields): Promise<string | undefined> {
  const reason = conditionOf(object, "Ready")?.reason;
  return reason === undefined ? undefined : (await reasonsOf(object))[reason]?.next;
}

/** Whether the engine writes a Ready condition on objects of this kind, so that it can be waited for. */
export async function hasReady(object: Fields): Promise<boolean> {
  if (field(object, "status", "conditions") !== undefined) return true;
  return Object.hasOwn(await reasonsOf(object), "Ready");
}

/** Kinds of which controllers write a Ready condition on every object, as `packages.package.freehold.dev`. */
export async function reportedKinds(): Promise<ReadonlySet<string>> {
  const { builtInKinds } = await import("@freehold/apis");
  const reported = builtInKinds.filter(({ reasons }) => Object.hasOwn(reasons, "Ready"));
  return new Set(reported.map(({ plural, group }) => (group === "" ? plural : `${plural}.${group}`)));
}
