import { fileURLToPath } from "node:url";

import { build } from "esbuild";

/** Bundles the runtime into the one file a container loads. */
export async function buildRuntime(outfile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL("main.ts", import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    target: "node24",
    // CommonJS starts faster than an ES module and needs no package.json beside it.
    format: "cjs",
    conditions: ["@freehold/source"],
    // Not minified: a stack trace in a package's log should show lines that can be read.
    legalComments: "inline",
    logLevel: "warning",
  });
}

if (import.meta.main) {
  await buildRuntime(process.argv[2] ?? fileURLToPath(new URL("dist/bundle/index.js", import.meta.url)));
}
