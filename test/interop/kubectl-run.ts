import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { access, constants, readdir } from "node:fs/promises";
import { join } from "node:path";

const SDK = "/usr/lib/google-cloud-sdk/bin";
/** From 1.29 on kubectl needs no protobuf OpenAPI. */
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

/** Real kubectl binaries on this machine, by name. The SDK's `kubectl` is no kubectl but chooses one; it is left out. */
export async function kubectlBinaries(): Promise<readonly { name: string; path: string }[]> {
  const names = await readdir(SDK).catch(() => []);
  const versioned = names.filter(
    (name) => Number(/^kubectl\.1\.(\d+)$/.exec(name)?.[1] ?? 0) >= OLDEST_MINOR,
  );
  if (versioned.length > 0) return versioned.toSorted().map((name) => ({ name, path: join(SDK, name) }));
  for (const folder of (process.env["PATH"] ?? "").split(":")) {
    const path = join(folder, "kubectl");
    if (await isExecutable(path)) return [{ name: "kubectl", path }];
  }
  return [];
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
