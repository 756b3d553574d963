import { ArchiveError } from "../archive-error.ts";
import type { Archive } from "../archive.ts";
import type { Manifest } from "./manifest.ts";

/** Which of an image's builds a machine runs. */
export interface SelectedImage {
  readonly id: string;
  /** The build's architecture; differs from the machine's when it is to be emulated. */
  readonly arch: string;
  /** Path in the archive of the root file system. */
  readonly squashfs: string;
  /** Path of the environment, `K=V` lines. */
  readonly env: string;
  /** Path of `{workdir, user, entrypoint, cmd}`. */
  readonly config: string;
}

/** Picks each image's build for a machine (`uname -m`), section 2.4. Code `no-image` when one has none. */
export function selectImages(
  archive: Archive,
  manifest: Manifest,
  machineArch: string,
): readonly SelectedImage[] {
  return Object.entries(manifest.images).map(([id, { emulateMissingAs }]) => {
    const candidates = emulateMissingAs === null ? [machineArch] : [machineArch, emulateMissingAs];
    const arch = candidates.find((name) => archive.stat(`images/${name}/${id}.squashfs`)?.kind === "file");
    if (arch === undefined) {
      const path = `images/${machineArch}/${id}.squashfs`;
      const built =
        Object.keys(manifest.images).length === 0 ? "none" : builtFor(archive, id).join(", ") || "none";
      const message = `Cannot use image "${id}" on ${machineArch}: there are builds for ${built}`;
      throw new ArchiveError("no-image", path, message);
    }
    const selected = { squashfs: `images/${arch}/${id}.squashfs`, env: `images/${arch}/${id}.env` };
    const config = `images/${arch}/${id}.json`;
    archive.locate(selected.env);
    archive.locate(config);
    return { id, arch, ...selected, config };
  });
}

/** Whether a machine that selected these images needs the file: what is kept of an archive at install (section 1.8). */
export function isNeededFile(path: string, images: readonly SelectedImage[]): boolean {
  if (!path.startsWith("images/")) return true;
  return images.some(({ squashfs, env, config }) => path === squashfs || path === env || path === config);
}

function builtFor(archive: Archive, id: string): string[] {
  const directory = archive.stat("images");
  if (directory?.kind !== "directory") return [];
  return [...directory.children.keys()].filter(
    (arch) => archive.stat(`images/${arch}/${id}.squashfs`)?.kind === "file",
  );
}
