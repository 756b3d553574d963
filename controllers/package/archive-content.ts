import type { ArchiveState } from "@freehold/agent-ports";

/** What of an archive a machine uses: where it is in the file, and where it goes below the archive's folder. */
export type ArchiveContent =
  | {
      readonly type: "usable";
      readonly imageIds: readonly string[];
      readonly images: readonly { readonly place: string; readonly offset: number; readonly size: number }[];
      readonly settings: readonly { readonly entry: string; readonly file: string }[];
    }
  | { readonly type: "unusable"; readonly message: string };

interface ImageConfig {
  readonly emulateMissingAs?: unknown;
}

/** Picks the images for an architecture, or for the one the manifest lets stand in (emulateMissingAs). */
export function contentOf(state: ArchiveState, architecture: string): ArchiveContent {
  const javascript = state.files["javascript.squashfs"];
  if (!javascript) return { type: "unusable", message: "it has no javascript.squashfs" };
  const assets = state.files["assets.squashfs"];
  const images = [{ place: "javascript", offset: javascript.offset, size: javascript.size }];
  if (assets) images.push({ place: "assets", offset: assets.offset, size: assets.size });
  const settings: { entry: string; file: string }[] = [];
  const configs = Object.entries(asRecord(state.manifest["images"]));
  for (const [id, config] of configs) {
    const arch = [architecture, standIn(asRecord(config))].find(
      (candidate) =>
        candidate !== undefined && state.files[`images/${candidate}/${id}.squashfs`] !== undefined,
    );
    const image = arch === undefined ? undefined : state.files[`images/${arch}/${id}.squashfs`];
    if (arch === undefined || !image) {
      return { type: "unusable", message: `image "${id}" is not there for ${architecture}` };
    }
    images.push({ place: `images/${id}`, offset: image.offset, size: image.size });
    for (const suffix of ["env", "json"]) {
      const entry = `images/${arch}/${id}.${suffix}`;
      if (state.files[entry]) settings.push({ entry, file: `${id}.${suffix}` });
    }
  }
  return { type: "usable", imageIds: configs.map(([id]) => id), images, settings };
}

function standIn({ emulateMissingAs }: ImageConfig): string | undefined {
  return typeof emulateMissingAs === "string" ? emulateMissingAs : undefined;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
