import { existsSync, statSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { encodeSigningKey, parseSigningKey, type SigningKey, signingKeyOf } from "@freehold/s9pk";
import { packPackage } from "@freehold/s9pk/pack";

const root = join(import.meta.dirname, "..");
const output = join(root, ".freehold/packages");

/** Packs one of `manifests/packages`, unless it is packed already; answers where the archive is. */
export async function packStarter(name: string, say: (text: string) => void): Promise<string> {
  const archive = join(output, `${name}.s9pk`);
  const source = join(root, "manifests/packages", name);
  if (existsSync(archive) && statSync(archive).mtimeMs > statSync(join(source, "recipe.json")).mtimeMs)
    return archive;
  await mkdir(output, { recursive: true });
  say(`Packing ${name}`);
  await packPackage(source, {
    key: await developerKey(join(output, "developer.key.pem")),
    output: archive,
    cacheDirectory: join(output, "cache"),
    onStep: (text) => say(`  ${text}`),
  });
  return archive;
}

/** The key packages of this checkout are signed with; made the first time. */
async function developerKey(file: string): Promise<SigningKey> {
  if (!existsSync(file)) await writeFile(file, encodeSigningKey(signingKeyOf()), { mode: 0o600, flag: "wx" });
  return parseSigningKey(await readFile(file, "utf8"));
}
