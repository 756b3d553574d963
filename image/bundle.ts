import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";

import { build, type Plugin } from "esbuild";

const root = join(import.meta.dirname, "..");
const rxjs = join(root, "node_modules/rxjs/dist/esm");

/** What is started by its file's name: the program, and the threads that sources start by a URL beside their own. */
export const PROGRAMS: readonly string[] = [
  "image/daemon/main.ts",
  "image/daemon/verify-upload-worker.ts",
  "agent/host/archives/verify-worker.ts",
  "reconciler/apiserver/auth/issue-worker.ts",
  "reconciler/store/embedded/writer-worker.ts",
  "reconciler/apiserver/crd/cel/rule-worker.ts",
];

/** They load files that lie beside their own. */
const WITH_FILES = ["koffi", "etcd3"];
/** Nest asks for them and does without. */
const OPTIONAL = ["@nestjs/microservices", "@nestjs/websockets", "@nestjs/platform-express"]
  .flatMap((name) => [name, `${name}/*`])
  .concat("class-validator", "class-transformer", "class-transformer/*");

/** The members of `import.meta` our sources use, which CommonJS has not. */
const IMPORT_META = {
  url: "require('node:url').pathToFileURL(__filename).href",
  resolve: "(name) => require('node:url').pathToFileURL(require.resolve(name)).href",
};

/**
 * Bundles the daemons into a folder: one CommonJS file for each program, and one for each module our sources import dynamically, so
 * that a process compiles what it uses and no more. CommonJS, because Node's ES module of a built-in module evaluates all its exports:
 * that of node:http loads the whole of fetch. Files whose content stays the same are left alone.
 */
export async function bundleDaemons(folder: string): Promise<void> {
  const files = new Map<string, Buffer>([["package.json", Buffer.from('{ "type": "commonjs" }\n')]]);
  const waiting = new Map(PROGRAMS.map((file) => [`${basename(file, ".ts")}.js`, join(root, file)]));
  for (const [name, source] of waiting) {
    files.set(
      name,
      await bundle(source, (imported) => {
        const target = `${relative(root, imported).replaceAll("/", "-").replace(/\.ts$/, "")}.js`;
        waiting.set(target, imported);
        return target;
      }),
    );
  }
  replaceFolder(folder, files);
}

async function bundle(source: string, nameOf: (imported: string) => string): Promise<Buffer> {
  const { outputFiles } = await build({
    entryPoints: [source],
    write: false,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    conditions: ["@freehold/source"],
    external: [...WITH_FILES, ...OPTIONAL],
    // Their entries for Node are CommonJS, of which nothing can be left out.
    alias: { "rxjs/operators": `${rxjs}/operators/index.js`, rxjs: `${rxjs}/index.js` },
    supported: { "dynamic-import": false },
    define: { "import.meta.url": "importMeta.url", "import.meta.resolve": "importMeta.resolve" },
    banner: { js: `const importMeta = { url: ${IMPORT_META.url}, resolve: ${IMPORT_META.resolve} };` },
    // Names stay, and lines stay short: both are for who reads a stack trace.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 200,
    // The licences lie in node_modules, which the bundles need beside them.
    legalComments: "none",
    logLevel: "warning",
    plugins: [separately(nameOf), withoutEarlyFormatter],
  });
  return Buffer.from(outputFiles[0]?.contents ?? []);
}

/** What our own sources import dynamically becomes a bundle of its own, loaded when it is first wanted. */
function separately(nameOf: (imported: string) => string): Plugin {
  return {
    name: "separately",
    setup(esbuild) {
      esbuild.onResolve(
        { filter: /^(\.|@freehold\/)/ },
        async ({ path, kind, importer, resolveDir, pluginData }) => {
          // Asked by ourselves below.
          if (pluginData === "resolve" || kind !== "dynamic-import" || importer.includes("/node_modules/"))
            return undefined;
          const found = await esbuild.resolve(path, { kind, importer, resolveDir, pluginData: "resolve" });
          return found.errors.length > 0 ? found : { path: `./${nameOf(found.path)}`, external: true };
        },
      );
    },
  };
}

/** Nest's loggers, which we do not use, make date formatters when they are loaded; that maps six megabytes of Node's locale data. */
const withoutEarlyFormatter: Plugin = {
  name: "without-early-formatter",
  setup(esbuild) {
    esbuild.onLoad({ filter: /@nestjs\/common\/services\/(console-)?logger\.service\.js$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      const contents = text.replace(
        "const dateTimeFormatter = new Intl.DateTimeFormat(",
        "const dateTimeFormatter = ((...given) => ({ format: (date) => new Intl.DateTimeFormat(...given).format(date) }))(",
      );
      if (contents === text)
        throw new Error(`Cannot change "${path}": it has another formatter than expected`);
      return { contents, loader: "js" };
    });
  },
};

/** Times of files say when the daemons were last built. */
function replaceFolder(folder: string, files: ReadonlyMap<string, Buffer>): void {
  mkdirSync(folder, { recursive: true });
  const old = new Set(readdirSync(folder));
  for (const name of old) if (!files.has(name)) rmSync(join(folder, name));
  for (const [name, contents] of files) {
    const path = join(folder, name);
    if (!old.has(name) || !readFileSync(path).equals(contents)) writeFileSync(path, contents);
  }
}

if (import.meta.main) {
  await bundleDaemons(process.argv[2] ?? join(dirname(import.meta.filename), "dist/bundle"));
}
