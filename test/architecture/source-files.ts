import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface Import {
  /** As written. */
  readonly from: string;
  readonly typeOnly: boolean;
  /** By `import()`, when it is needed. */
  readonly lazy: boolean;
}

export interface SourceFile {
  /** From the root: `controllers/index.ts`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

const SKIPPED = /(^|\/)(node_modules|dist|\.[^/]+)(\/|$)/;

/** Folders of the workspaces, and the name of each. */
export function packages(): ReadonlyMap<string, string> {
  const root: { workspaces: string[] } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  return new Map(root.workspaces.map((folder) => [folder, packageJson(folder).name]));
}

export function packageJson(folder: string): { name: string; exports?: Record<string, unknown> } {
  return JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8"));
}

/** Every TypeScript file that people wrote. */
export function sourceFiles(): readonly SourceFile[] {
  return globSync("**/*.ts", { cwd: ROOT, exclude: (path) => SKIPPED.test(path) })
    .toSorted()
    .map((path) => {
      const text = readFileSync(join(ROOT, path), "utf8");
      return { path, text, imports: importsOf(text) };
    });
}

/** The package a file belongs to, as its folder; undefined for files of none. */
export function packageOf(path: string): string | undefined {
  return [...packages().keys()].find((folder) => path.startsWith(`${folder}/`));
}

/** Tests, and what is only for tests: these may build what they test. */
export function isForTests(path: string): boolean {
  return path.startsWith("test/") || /\.test\.ts$|\/(testing|conformance)\//.test(path);
}

/** A relative import as a path from the root. */
export function resolved(path: string, from: string): string {
  return join(dirname(path), from);
}

/** Static and dynamic imports and re-exports; prettily formatted source is taken for granted. */
function importsOf(text: string): readonly Import[] {
  const statements = text.matchAll(/^(?:import|export)\s+(type\s+)?[^"';]*?from\s+"([^"]+)";?$/gm);
  const bare = text.matchAll(/^import\s+"([^"]+)";$/gm);
  const dynamic = text.matchAll(/\bimport\("([^"]+)"\)/g);
  return [
    ...[...statements].map(([, type, from]) => ({
      from: from ?? "",
      typeOnly: type !== undefined,
      lazy: false,
    })),
    ...[...bare].map(([, from]) => ({ from: from ?? "", typeOnly: false, lazy: false })),
    ...[...dynamic].map(([, from]) => ({ from: from ?? "", typeOnly: false, lazy: true })),
  ];
}
