import {
  type BindDefinition,
  type Cancellation,
  type Directory,
  HostError,
  type IdMap,
  type ImageSource,
  type MountHost,
  type MountPoint,
  type OverlayDefinition,
} from "@freehold/agent-ports";

import { ChangeFeed } from "./change-feed.ts";
import type { FaultGate } from "./fault-gate.ts";

interface FakeMount extends MountPoint {
  /** Where the paths below the target really are. */
  readonly tree: string;
  /** The call that made it, to tell whether another one wants the same. */
  readonly wanted: string;
  readonly idMap: IdMap | undefined;
}

/** Directories, files and mounts in memory. Mounts show other trees, with shifted owners, as the kernel's do. */
export class FakeMountHost implements MountHost {
  readonly directories = new Map<string, Directory>([["/", { ownerUid: 0, ownerGid: 0, mode: 0o755 }]]);
  readonly files = new Map<string, string>();
  /** Image files, which the fake does not read. */
  readonly images = new Set<string>();
  mounts: readonly FakeMount[] = [];
  readonly #gate: FaultGate;
  readonly #feed = new ChangeFeed();

  constructor(gate: FaultGate) {
    this.#gate = gate;
  }

  async directory(path: string): Promise<Directory | undefined> {
    const { place, idMap } = this.#resolve(checked(path));
    const found = this.directories.get(place);
    if (!found || !idMap) return found;
    return { ...found, ownerUid: found.ownerUid + idMap.base, ownerGid: found.ownerGid + idMap.base };
  }

  async makeDirectory(path: string, mode = 0o755): Promise<void> {
    const { place } = this.#resolve(checked(path));
    if (this.directories.has(place)) return;
    if (this.files.has(place))
      throw new HostError("exists", `Cannot make directory "${path}": a file is there`);
    this.#gate.mutate("makeDirectory", () => {
      for (const parent of parentsOf(place)) {
        if (!this.directories.has(parent))
          this.directories.set(parent, { ownerUid: 0, ownerGid: 0, mode: 0o755 });
      }
      this.directories.set(place, { ownerUid: 0, ownerGid: 0, mode });
    });
  }

  async setOwnership(path: string, owner: Directory): Promise<void> {
    const { place } = this.#resolve(checked(path));
    // Owners of files are not kept.
    if (this.files.has(place)) return;
    const found = this.directories.get(place);
    if (!found) throw missing("set the owner of", path);
    if (JSON.stringify(found) === JSON.stringify(owner)) return;
    this.#gate.mutate("setOwnership", () => this.directories.set(place, { ...owner }));
  }

  async removeTree(path: string, trash: string): Promise<void> {
    const [mounted] = await this.mountsBelow(path);
    if (mounted) throw new HostError("busy", `Cannot remove "${path}": "${mounted.target}" is mounted`);
    await this.makeDirectory(trash, 0o700);
    const { place } = this.#resolve(path);
    const isPart = (other: string): boolean => other === place || other.startsWith(`${place}/`);
    if (![...this.directories.keys(), ...this.files.keys()].some(isPart)) return;
    this.#gate.mutate("removeTree", () => {
      for (const map of [this.directories, this.files]) {
        for (const other of map.keys()) if (isPart(other)) map.delete(other);
      }
    });
  }

  async list(path: string): Promise<readonly string[]> {
    const { place } = this.#resolve(checked(path));
    const prefix = place === "/" ? "/" : `${place}/`;
    const below = [...this.directories.keys(), ...this.files.keys()].filter(
      (other) => other.startsWith(prefix) && other !== prefix,
    );
    return [...new Set(below.map((other) => other.slice(prefix.length).split("/")[0] ?? ""))].toSorted();
  }

  async readText(path: string): Promise<string | undefined> {
    return this.files.get(this.#resolve(checked(path)).place);
  }

  async writeText(path: string, text: string): Promise<void> {
    const { place } = this.#resolve(checked(path));
    if (!this.directories.has(parentsOf(place).at(-1) ?? "/")) throw missing("write", path);
    if (this.files.get(place) === text) return;
    this.#gate.mutate("writeText", () => this.files.set(place, text));
  }

  async removeFile(path: string): Promise<void> {
    const { place } = this.#resolve(checked(path));
    if (this.files.has(place)) this.#gate.mutate("removeFile", () => this.files.delete(place));
  }

  async mountsBelow(path: string): Promise<readonly MountPoint[]> {
    const below = this.mounts.filter(({ target }) => target === path || target.startsWith(`${path}/`));
    return below
      .map(({ tree: _tree, wanted: _wanted, idMap: _idMap, ...point }) => point)
      .toSorted((a, b) => (a.target < b.target ? -1 : 1));
  }

  async mountImage(image: ImageSource, target: string): Promise<void> {
    if (!this.images.has(image.path)) throw missing("mount", image.path);
    await this.#mount("mountImage", {
      target: checked(target),
      type: "squashfs",
      root: "/",
      source: image.path,
      readOnly: true,
      propagation: "private",
      tree: `image:${image.path}@${image.offset}`,
      wanted: JSON.stringify(image),
      idMap: undefined,
    });
  }

  async mountOverlay(overlay: OverlayDefinition): Promise<void> {
    if (!(await this.directory(overlay.lower))) throw missing("mount", overlay.lower);
    for (const path of [overlay.upper, overlay.work]) {
      if (await this.directory(path)) continue;
      await this.makeDirectory(path);
      const { base } = overlay.idMap;
      await this.setOwnership(path, { ownerUid: base, ownerGid: base, mode: 0o755 });
    }
    await this.#mount("mountOverlay", {
      target: checked(overlay.target),
      type: "overlay",
      root: "/",
      source: overlay.upper,
      readOnly: false,
      propagation: "private",
      tree: overlay.upper,
      wanted: JSON.stringify(overlay),
      idMap: undefined,
    });
  }

  async bind(bind: BindDefinition): Promise<void> {
    const { source, target, readOnly, idMap } = bind;
    const { place } = this.#resolve(checked(source));
    if (!this.directories.has(place) && !this.files.has(place)) throw missing("bind", source);
    const wanted = JSON.stringify([place, idMap]);
    const propagation = bind.propagation ?? "private";
    const same = this.mounts.find((mount) => mount.target === target && mount.wanted === wanted);
    if (same) {
      if (same.readOnly !== readOnly) this.#change("bind", target, { readOnly });
      if (bind.propagation && same.propagation !== propagation) this.#change("bind", target, { propagation });
      return;
    }
    const mount = { target: checked(target), type: "ext4", root: place, source: "/dev/fake" } as const;
    await this.#mount("bind", { ...mount, readOnly, propagation, tree: place, wanted, idMap });
  }

  async setPropagation(target: string, propagation: "shared" | "slave" | "private"): Promise<void> {
    const found = this.mounts.find((mount) => mount.target === target);
    if (!found) throw missing("set the propagation of", target);
    if (found.propagation !== propagation) this.#change("setPropagation", target, { propagation });
  }

  async unmount(target: string, options: { readonly lazy?: boolean } = {}): Promise<void> {
    if (!this.mounts.some((mount) => mount.target === checked(target))) return;
    const below = this.mounts.filter((mount) => mount.target.startsWith(`${target}/`));
    if (below.length > 0 && !options.lazy) {
      throw new HostError("busy", `Cannot unmount "${target}": "${below[0]?.target}" is mounted below`);
    }
    this.#gate.mutate("unmount", () => this.drop(target));
  }

  changes(cancellation: Cancellation): AsyncIterable<void> {
    return this.#feed.changes(cancellation);
  }

  /** Takes the mount and all below away, as somebody else on the machine might. */
  drop(target: string): void {
    this.mounts = this.mounts.filter(
      (mount) => mount.target !== target && !mount.target.startsWith(`${target}/`),
    );
    this.#feed.notify();
  }

  async #mount(name: string, mount: FakeMount): Promise<void> {
    const there = this.mounts.find(({ target }) => target === mount.target);
    if (there?.wanted === mount.wanted) return;
    if (there)
      throw new HostError("exists", `Cannot mount "${mount.target}": ${there.type} is mounted there`);
    await this.makeDirectory(mount.target);
    this.#gate.mutate(name, () => {
      if (!this.directories.has(mount.tree)) {
        this.directories.set(mount.tree, { ownerUid: 0, ownerGid: 0, mode: 0o755 });
      }
      this.mounts = [...this.mounts, mount];
      this.#feed.notify();
    });
  }

  #change(name: string, target: string, change: Partial<FakeMount>): void {
    this.#gate.mutate(name, () => {
      this.mounts = this.mounts.map((mount) => (mount.target === target ? { ...mount, ...change } : mount));
      this.#feed.notify();
    });
  }

  /** Through the nearest mount at or above the path to where its data is. */
  #resolve(path: string): { readonly place: string; readonly idMap: IdMap | undefined } {
    let nearest: FakeMount | undefined;
    for (const mount of this.mounts) {
      const covers = path === mount.target || path.startsWith(`${mount.target}/`);
      if (covers && mount.target.length >= (nearest?.target.length ?? 0)) nearest = mount;
    }
    if (!nearest) return { place: path, idMap: undefined };
    return { place: nearest.tree + path.slice(nearest.target.length), idMap: nearest.idMap };
  }
}

function parentsOf(path: string): readonly string[] {
  const names = path.split("/").slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join("/") || "/");
}

function checked(path: string): string {
  if (/^(\/|(\/(?!\.{1,2}(\/|$))[^/\0]+)+)$/.test(path)) return path;
  throw new HostError("invalid", `Cannot use "${path}": not an absolute normal path`);
}

function missing(action: string, path: string): HostError {
  return new HostError("missing", `Cannot ${action} "${path}": it does not exist`);
}
