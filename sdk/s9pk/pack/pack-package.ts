import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ArchiveError } from "../archive-error.ts";
import { type ArchiveSource, bufferSource } from "../archive-source.ts";
import { type FileSource, openFileSource } from "../file-source.ts";
import type { SigningKey } from "../keys/signing-key.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";
import { writeArchiveFile } from "../write/write-archive-file.ts";
import { writeArchive } from "../write/write-archive.ts";
import { buildImage } from "./build-image.ts";
import { bundlePackage } from "./bundle-package.ts";
import { makeSquashfs } from "./make-squashfs.ts";
import { type ImageRecipe, parseRecipe } from "./recipe.ts";

export interface PackOptions {
  readonly key: SigningKey;
  /** Path of the archive to write. */
  readonly output: string;
  /** Where built images are kept between runs. */
  readonly cacheDirectory: string;
  readonly signal?: AbortSignal;
  /** Told what is being done, for people. */
  readonly onStep?: (text: string) => void;
}
export interface Packed {
  readonly id: string;
  readonly version: string;
  readonly rootHash: Uint8Array;
}

/**
 * Makes and signs a package from a directory with `package.ts` (its exports, see `definePackage`), `recipe.json`
 * (its images), `icon.*`, `LICENSE.md`, and optionally `instructions.md` and `assets/`. Same inputs and same Debian
 * packages give the same bytes. Needs root, mmdebstrap, mksquashfs and readelf. Rejects with ArchiveError.
 */
export async function packPackage(directory: string, options: PackOptions): Promise<Packed> {
  const work = await mkdtemp(join(tmpdir(), "s9pk-pack-"));
  const opened: FileSource[] = [];
  const file = async (path: string) => {
    const source = await openFileSource(path);
    opened.push(source);
    return source;
  };
  try {
    options.onStep?.("bundling JavaScript");
    await mkdir(join(work, "javascript"));
    const json = await bundlePackage(join(directory, "package.ts"), join(work, "javascript/index.js"));
    const contents = new Map<string, ArchiveSource>([["manifest.json", textSource(json)]]);
    for (const name of await documentsOf(directory)) contents.set(name, await file(join(directory, name)));
    await makeSquashfs(join(work, "javascript"), join(work, "javascript.squashfs"), options.signal);
    contents.set("javascript.squashfs", await file(join(work, "javascript.squashfs")));
    await makeSquashfs(await assetsOf(directory, work), join(work, "assets.squashfs"), options.signal);
    contents.set("assets.squashfs", await file(join(work, "assets.squashfs")));
    const manifest = parseManifest(json);
    const recipe = parseRecipe(await readFile(join(directory, "recipe.json"), "utf8"));
    for (const id of Object.keys(manifest.images)) {
      options.onStep?.(`building image ${id}`);
      await addImage(contents, id, recipe.images[id], async (image) =>
        file(await buildImage(image, options)),
      );
    }
    options.onStep?.(`writing ${options.output}`);
    let rootHash: Uint8Array = new Uint8Array();
    await writeArchiveFile(options.output, async (sink) => {
      ({ rootHash } = await writeArchive(contents, options.key, sink));
    });
    return { id: manifest.id, version: manifest.version, rootHash };
  } finally {
    for (const source of opened) await source[Symbol.asyncDispose]();
    await rm(work, { recursive: true });
  }
}

/** Files that go in as they are. Code `no-such-entry` when a required one is missing. */
async function documentsOf(directory: string): Promise<string[]> {
  const names = await readdir(directory);
  const icons = names.filter((name) => /^icon\.(apng|avif|gif|jpe?g|png|svg|webp)$/u.test(name));
  if (icons.length !== 1) throw missing(directory, `${icons.length} files named icon.*, wanted one`);
  if (!names.includes("LICENSE.md")) throw missing(directory, "no LICENSE.md");
  return [...icons, "LICENSE.md", ...(names.includes("instructions.md") ? ["instructions.md"] : [])];
}

async function assetsOf(directory: string, work: string): Promise<string> {
  if (existsSync(join(directory, "assets"))) return join(directory, "assets");
  await mkdir(join(work, "assets"));
  return join(work, "assets");
}

async function addImage(
  contents: Map<string, ArchiveSource>,
  id: string,
  recipe: ImageRecipe | undefined,
  build: (recipe: ImageRecipe) => Promise<ArchiveSource>,
): Promise<void> {
  if (!recipe) {
    throw new ArchiveError(
      "bad-recipe",
      "recipe.json",
      `Cannot build image "${id}": recipe.json has no images.${id}`,
    );
  }
  const arch = process.arch === "arm64" ? "aarch64" : process.arch === "x64" ? "x86_64" : process.arch;
  const { user, workdir, env } = recipe;
  contents.set(`images/${arch}/${id}.squashfs`, await build(recipe));
  const lines = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  contents.set(`images/${arch}/${id}.env`, textSource(lines.join("\n")));
  contents.set(
    `images/${arch}/${id}.json`,
    textSource(JSON.stringify({ workdir, user, entrypoint: null, cmd: null })),
  );
}

function textSource(text: string): ArchiveSource {
  return bufferSource(new TextEncoder().encode(text));
}

function missing(directory: string, found: string): ArchiveError {
  return new ArchiveError("no-such-entry", directory, `Cannot pack "${directory}": it has ${found}`);
}
