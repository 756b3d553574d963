import { build } from "esbuild";

/** Bundles a package's source as its author would, into one CommonJS file. */
export async function buildFixture(source: URL, outfile: string): Promise<void> {
  await build({
    entryPoints: [source.pathname],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    logLevel: "error",
  });
}
