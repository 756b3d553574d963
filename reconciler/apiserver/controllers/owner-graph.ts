import type { ObjectMeta } from "@freehold/apis";

/** What garbage collection wants done, one object each; all may be done in any order and again. */
export type Collection =
  /** Its owners are gone, or one waits for it to go. */
  | { readonly do: "delete"; readonly key: string; readonly uid: string; readonly resourceVersion: string }
  /** It forgets owners that are gone or let it go. */
  | { readonly do: "disown"; readonly key: string; readonly uid: string; readonly owners: readonly string[] }
  /** Nothing depends on it any more, so it may go itself. */
  | { readonly do: "release"; readonly key: string; readonly uid: string; readonly finalizer: string };

interface Node {
  readonly key: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly owners: readonly string[];
  readonly isDeleting: boolean;
  readonly finalizer: "foregroundDeletion" | "orphan" | undefined;
}

/** Who belongs to whom, by UID. Fed with every object in the store's order, so that an owner not in it does not exist. */
export class OwnerGraph {
  readonly #nodes = new Map<string, Node>();
  readonly #uids = new Map<string, Node>();

  put(key: string, meta: ObjectMeta): void {
    this.remove(key);
    const finalizer = (["foregroundDeletion", "orphan"] as const).find((name) =>
      meta.finalizers?.includes(name),
    );
    const node: Node = {
      key,
      uid: meta.uid ?? "",
      resourceVersion: meta.resourceVersion ?? "",
      owners: (meta.ownerReferences ?? []).map(({ uid }) => uid),
      isDeleting: meta.deletionTimestamp !== undefined,
      finalizer: meta.deletionTimestamp === undefined ? undefined : finalizer,
    };
    this.#nodes.set(key, node);
    this.#uids.set(node.uid, node);
  }

  remove(key: string): void {
    const node = this.#nodes.get(key);
    if (!node) return;
    this.#nodes.delete(key);
    if (this.#uids.get(node.uid) === node) this.#uids.delete(node.uid);
  }

  /** Everything that has to be done now. */
  work(): readonly Collection[] {
    const nodes = [...this.#nodes.values()];
    const dependents = new Set(nodes.flatMap(({ owners }) => owners));
    return nodes.flatMap((node) => [...this.#collect(node), ...release(node, dependents)]);
  }

  #collect({ key, uid, resourceVersion, owners, isDeleting }: Node): readonly Collection[] {
    if (owners.length === 0) return [];
    const leaving = owners.filter((owner) => this.#stateOf(owner) !== "solid");
    const orphaning = owners.filter((owner) => this.#stateOf(owner) === "orphaning");
    if (leaving.length === 0) return [];
    if (leaving.length < owners.length) return [{ do: "disown", key, uid, owners: leaving }];
    if (orphaning.length > 0) return [{ do: "disown", key, uid, owners: orphaning }];
    return isDeleting ? [] : [{ do: "delete", key, uid, resourceVersion }];
  }

  #stateOf(owner: string): "solid" | "gone" | "waiting" | "orphaning" {
    const node = this.#uids.get(owner);
    if (!node) return "gone";
    if (node.finalizer === undefined) return "solid";
    return node.finalizer === "orphan" ? "orphaning" : "waiting";
  }
}

function release({ key, uid, finalizer }: Node, dependents: ReadonlySet<string>): readonly Collection[] {
  return finalizer !== undefined && !dependents.has(uid) ? [{ do: "release", key, uid, finalizer }] : [];
}
