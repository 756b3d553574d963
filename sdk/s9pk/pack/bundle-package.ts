import { createRequire } from "node:module";

import { ArchiveError } from "../archive-error.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";

/** Bundles a package's source into the one CommonJS file a runtime loads, and gives the text of its manifest.json. */
export async function bundlePackage(entry: string, outfile: string): Promise<string> {
  // Loaded when it is needed: who only reads archives need not have a bundler.
  const { build } = await import("esbuild");
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    conditions: ["@freehold/source"],
    legalComments: "inline",
    logLevel: "warning",
  });
  const loaded: unknown = createRequire(outfile)(outfile);
  const manifest =
    typeof loaded === "object" && loaded !== null && "manifest" in loaded ? loaded.manifest : undefined;
  if (manifest === undefined) {
    throw new ArchiveError("bad-manifest", "manifest.json", `Cannot pack "${entry}": it exports no manifest`);
  }
  const json = `${JSON.stringify(manifest, null, 2)}\n`;
  parseManifest(json);
  return json;
}
