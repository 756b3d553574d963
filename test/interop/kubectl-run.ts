import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { access, constants, readdir } from "node:fs/promises";
import { join } from "node:path";

const SDK = "/usr/lib/google-cloud-sdk/bin";
/** From 1.29 on kubectl reads OpenAPI v3 and has every flag the tests use. */
const OLDEST_MINOR = 29;

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface KubectlPlace {
  readonly binary: string;
  readonly kubeconfig: string;
  readonly cacheDir: string;
}

/** One kubectl binary against one server. */
export class Kubectl {
  readonly #place: KubectlPlace;

  constructor(place: KubectlPlace) {
    this.#place = place;
  }

  /** Runs to the end; a failing exit code is a result, not an error. */
  run(args: readonly string[], options: { input?: string; env?: Record<string, string> } = {}): Promise<Ran> {
    return new Promise((resolve) => {
      const child = execFile(
        this.#place.binary,
        this.#arguments(args),
        { env: { ...process.env, ...options.env }, timeout: 30_000 },
        (error, out, err) =>
          resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, out, err }),
      );
      child.stdin?.end(options.input ?? "");
    });
  }

  /** Output of a command that must succeed. */
  async ok(
    args: readonly string[],
    options: { input?: string; env?: Record<string, string> } = {},
  ): Promise<string> {
    const { code, out, err } = await this.run(args, options);
    if (code !== 0) throw new Error(`kubectl ${args.join(" ")} ended with ${code}: ${err}${out}`);
    return out;
  }

  start(args: readonly string[]): ChildProcessWithoutNullStreams {
    return spawn(this.#place.binary, this.#arguments(args));
  }

  #arguments(args: readonly string[]): readonly string[] {
    return ["--kubeconfig", this.#place.kubeconfig, "--cache-dir", this.#place.cacheDir, ...args];
  }
}

interface Binary {
  readonly name: string;
  readonly path: string;
}

/** Real kubectl binaries on this machine that know all a test uses, by name; the SDK's `kubectl` is none but chooses one. */
export async function kubectlBinaries(): Promise<readonly Binary[]> {
  return (await allBinaries()).filter(({ minor }) => minor >= OLDEST_MINOR);
}

/** Those that are older, as Debian 12's is: they lack flags, and ask for documents newer ones do not. */
export async function oldKubectlBinaries(): Promise<readonly Binary[]> {
  return (await allBinaries()).filter(({ minor }) => minor < OLDEST_MINOR);
}

async function allBinaries(): Promise<readonly (Binary & { readonly minor: number })[]> {
  const names = await readdir(SDK).catch(() => []);
  const versioned = names.toSorted().flatMap((name) => {
    const minor = Number(/^kubectl\.1\.(\d+)$/.exec(name)?.[1] ?? 0);
    return minor > 0 ? [{ name, path: join(SDK, name), minor }] : [];
  });
  if (versioned.length > 0) return versioned;
  for (const folder of (process.env["PATH"] ?? "").split(":")) {
    const path = join(folder, "kubectl");
    if (await isExecutable(path)) return [{ name: "kubectl", path, minor: await minorOf(path) }];
  }
  return [];
}

function minorOf(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    execFile(path, ["version", "--client", "-o", "json"], (error, out) => {
      const minor = Number(/"minor": *"(\d+)/.exec(out)?.[1]);
      if (minor > 0) resolve(minor);
      else reject(error ?? new Error(`Cannot tell the version of "${path}": ${out}`));
    });
  });
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
