import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { encodeSigningKey, parseSigningKey, signingKeyOf } from "@freehold/s9pk";
import { packPackage } from "@freehold/s9pk/pack";

/** Packs the starter packages: `node --conditions=@freehold/source manifests/packages/pack.ts <output> [package…]`, as root. */
const [output = ".freehold/packages", ...chosen] = process.argv.slice(2);
const names = chosen.length > 0 ? chosen : ["redis", "radicale", "webdis"];
await mkdir(output, { recursive: true });
const key = await keyIn(join(output, "developer.key.pem"));
for (const name of names) {
  const startedAt = performance.now();
  const path = join(output, `${name}.s9pk`);
  const { version, rootHash } = await packPackage(join(import.meta.dirname, name), {
    key,
    output: path,
    cacheDirectory: join(output, "cache"),
    onStep: (text) => console.log(`${name}: ${text}`),
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${name} ${version} ${Buffer.from(rootHash).toString("hex")} in ${seconds} s`);
}

/** The key of former runs; a new one the first time. */
async function keyIn(path: string) {
  try {
    return parseSigningKey(await readFile(path, "utf8"));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    const fresh = signingKeyOf();
    await writeFile(path, encodeSigningKey(fresh), { mode: 0o600 });
    return fresh;
  }
}
