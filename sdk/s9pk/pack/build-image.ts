import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { machineSources } from "./debian-sources.ts";
import { keepFiles } from "./keep-files.ts";
import { makeSquashfs } from "./make-squashfs.ts";
import type { ImageRecipe } from "./recipe.ts";
import { runTool } from "./run-tool.ts";

// Part of the cache's key: raise it when the same recipe gives another image.
const builderVersion = 1;
const mountPoints = ["dev", "etc", "proc", "run", "sys", "tmp"];
// Never read by a program that runs by itself.
const dropped = [
  "usr/share/doc",
  "usr/share/man",
  "usr/share/locale",
  "usr/share/info",
  "var/cache",
  "var/lib/apt",
];

export interface BuildImageOptions {
  /** Directory of finished images by recipe. */
  readonly cacheDirectory: string;
  readonly signal?: AbortSignal | undefined;
}

/** Builds an image's root file system with mmdebstrap(1), or takes it from the cache; gives the squashfs's path. Needs root. */
export async function buildImage(recipe: ImageRecipe, options: BuildImageOptions): Promise<string> {
  const { cacheDirectory, signal } = options;
  const key = createHash("sha256")
    .update(JSON.stringify([builderVersion, process.arch, recipe]))
    .digest("hex");
  const output = join(cacheDirectory, `${key}.squashfs`);
  if (existsSync(output)) return output;
  await mkdir(cacheDirectory, { recursive: true });
  const work = await mkdtemp(join(tmpdir(), "s9pk-image-"));
  try {
    const root = join(work, "root");
    await unpack(recipe, root, signal);
    await installNpm(recipe, root, signal);
    await finish(recipe, root);
    const partial = `${output}.${process.pid}`;
    await makeSquashfs(root, partial, signal);
    await rename(partial, output);
    return output;
  } finally {
    await rm(work, { recursive: true });
  }
}

/** Unpacks the packages and what they depend on. Their maintainer scripts do not run: they expect a whole system. */
async function unpack(
  { suite, packages, keep }: ImageRecipe,
  root: string,
  signal?: AbortSignal,
): Promise<void> {
  const include = `--include=${packages.join(",")}`;
  await runTool(
    "mmdebstrap",
    ["--quiet", "--mode=root", "--variant=extract", "--format=directory", include, suite, root, "-"],
    {
      input: machineSources(suite),
      env: { SOURCE_DATE_EPOCH: "0" },
      signal,
    },
  );
  for (const path of dropped) await rm(join(root, path), { recursive: true, force: true });
  if (keep.length > 0) await keepFiles(root, keep);
}

/** Install scripts do not run: they would run here, as root, and not where the package will. */
async function installNpm({ npm }: ImageRecipe, root: string, signal?: AbortSignal): Promise<void> {
  if (npm.length === 0) return;
  const app = join(root, "usr/lib/app");
  await mkdir(app, { recursive: true });
  const quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--omit=dev"];
  await runTool("npm", ["install", "--prefix", app, ...quiet, "--", ...npm], { signal });
  // It says where each package was fetched from, which is this machine's affair.
  await rm(join(app, "node_modules/.package-lock.json"), { force: true });
}

async function finish(recipe: ImageRecipe, root: string): Promise<void> {
  for (const path of [...mountPoints, ...recipe.directories])
    await mkdir(join(root, path), { recursive: true });
  await chmod(join(root, "tmp"), 0o1777);
  for (const [path, text] of Object.entries({ ...accountFiles(recipe), ...recipe.files })) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  for (const [path, target] of Object.entries(recipe.links)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await rm(join(root, path), { force: true });
    await symlink(target, join(root, path));
  }
}

function accountFiles({ users }: ImageRecipe): Record<string, string> {
  const all = [{ name: "root", id: 0, home: "/root" }, ...users, { name: "nobody", id: 65534, home: "/" }];
  return {
    "etc/passwd": all.map(({ name, id, home }) => `${name}:x:${id}:${id}:${name}:${home}:/bin/sh\n`).join(""),
    "etc/group": all.map(({ name, id }) => `${name}:x:${id}:\n`).join(""),
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
  };
}
