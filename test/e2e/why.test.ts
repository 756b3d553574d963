import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, open, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { packageKind } from "@freehold/apis/package";
import { containerNameOf } from "@freehold/apis/workload";
import { signingKeyOf } from "@freehold/s9pk";
import { packPackage } from "@freehold/s9pk/pack";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { packed, ServerUnderTest } from "../testing/server-under-test.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const by = { name: "test" };
let server: ServerUnderTest;
let work: string;
let faulty: string;

beforeAll(async () => {
  server = await ServerUnderTest.start();
  work = await mkdtemp("/var/tmp/freehold-why-");
  faulty = join(work, "faulty.s9pk");
  await packPackage(join(import.meta.dirname, "faulty"), {
    key: signingKeyOf(),
    output: faulty,
    cacheDirectory: join(work, "cache"),
  });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(work, { recursive: true, force: true });
});

/** What `freehold why` calls the causes of a package's state. */
async function causesOf(name: string): Promise<readonly string[]> {
  const words = ["--data", server.data, "why", "pkg", name, "-o", "json"];
  const { stdout } = await run(join(root, "bin/freehold"), words);
  const { causes }: { causes: readonly string[] } = JSON.parse(stdout);
  return causes;
}

interface Fault {
  readonly name: string;
  /** Brings the fault about; the package is called as the fault unless this says otherwise. */
  arrange(name: string): Promise<unknown>;
  readonly cause: RegExp;
}

/** A package that is well at first and finds its mode in its volume when it starts again. */
async function installFaulty(name: string, mode: string, spec: object = {}): Promise<void> {
  const folder = join(server.data, "agent/volumes/default", `${name}-main`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "mode"), mode);
  await server.apply(name, faulty, spec);
}

async function flipped(file: string): Promise<string> {
  const copy = join(work, "flipped.s9pk");
  await copyFile(file, copy);
  await using handle = await open(copy, "r+");
  const { size } = await handle.stat();
  const place = Math.floor(size * 0.9);
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, place);
  await handle.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, place);
  return copy;
}

const faults: readonly Fault[] = [
  {
    name: "no-file",
    arrange: (name) => server.apply(name, "/nowhere/x.s9pk"),
    cause: /^Archive default\.no-file-.* is stalled: .*"\/nowhere\/x\.s9pk".*ENOENT/,
  },
  {
    name: "no-archive",
    arrange: (name) => server.apply(name, "/etc/passwd"),
    cause: /^Archive .* is stalled: .*"\/etc\/passwd"/,
  },
  {
    name: "a-folder",
    arrange: (name) => server.apply(name, "/etc"),
    cause: /^Archive .* is stalled: .*"\/etc": it is no regular file/,
  },
  {
    name: "half",
    arrange: async (name) => {
      const file = join(work, "half.s9pk");
      await copyFile(faulty, file);
      await truncate(file, Math.floor((await stat(file)).size / 2));
      await server.apply(name, file);
    },
    cause: /^Archive .* is stalled: .*import: Cannot /,
  },
  {
    name: "not-uploaded",
    arrange: (name) => server.apply(name, faulty, { source: { archive: "1".repeat(64) } }),
    cause: /^Archive .*: NotUploaded/,
  },
  {
    name: "tampered",
    arrange: async (name) => server.apply(name, await flipped(packed("redis"))),
    cause: /^Archive .* is stalled: .*"images\/.*does not match its hash/,
  },
  {
    name: "signer",
    arrange: (name) => server.apply(name, faulty, { signer: "2".repeat(64) }),
    cause: /^Package default\/signer is stalled: SignerChanged .*wanted 2{64}/,
  },
  {
    name: "elsewhere",
    arrange: (name) => server.apply(name, faulty, { machine: "moon" }),
    cause: /^Machine "moon" does not exist$/,
  },
  {
    name: "needs-missing",
    arrange: (name) => server.apply(name, packed("webdis")),
    cause: /^Package "redis" does not exist$/,
  },
  {
    name: "needs-stalled",
    arrange: async (name) => {
      await server.apply("redis", "/nowhere/redis.s9pk");
      await server.apply(name, packed("webdis"));
    },
    cause: /^Archive default\.redis-.* is stalled: .*"\/nowhere\/redis\.s9pk"/,
  },
  {
    name: "needs-stopped",
    arrange: async (name) => {
      await server.client.mergePatch(
        packageKind,
        { name: "redis", namespace: "default" },
        { spec: { source: { file: packed("redis") }, running: false } },
        by,
      );
      await server.apply(name, packed("webdis"));
    },
    cause: /^Package default\/redis is Ready: Stopped/,
  },
  {
    name: "needs-another",
    arrange: (name) => server.apply(name, packed("webdis"), { dependencies: { redis: "redis-two" } }),
    cause: /^Package "redis-two" does not exist$/,
  },
  {
    name: "init-throws",
    arrange: (name) => installFaulty(name, "init-throws"),
    cause: /^Container default\/init-throws .*the data is of a future version/,
  },
  {
    name: "main-throws",
    arrange: (name) => installFaulty(name, "main-throws"),
    cause: /^Container default\/main-throws .*the configuration names no upstream/,
  },
  {
    name: "unhealthy",
    arrange: (name) => installFaulty(name, "unhealthy"),
    cause:
      /^Package default\/unhealthy is not Ready: HealthChecks .*Web page: failure \(upstream answers 502\)/,
  },
  {
    name: "exits",
    arrange: (name) => installFaulty(name, "exits"),
    cause: /^Container default\/exits is not Ready: CrashLoop .*exited with 3/,
  },
  {
    name: "hog",
    arrange: (name) => installFaulty(name, "hog", { resources: { memory: "96Mi" } }),
    cause: /^Container default\/hog is not Ready: CrashLoop .*(memory|OOM)/i,
  },
  {
    name: "volume-blocked",
    arrange: async (name) => {
      await mkdir(join(server.data, "agent/volumes/default"), { recursive: true });
      await writeFile(join(server.data, "agent/volumes/default", `${name}-main`), "a file");
      await server.apply(name, faulty);
    },
    cause: /^Volume default\/volume-blocked-main .*StepFailed/,
  },
  {
    name: "folder-blocked",
    arrange: async (name) => {
      const lxcName = containerNameOf({ metadata: { name, namespace: "default" } });
      await mkdir(join(server.data, "agent/containers"), { recursive: true });
      await writeFile(join(server.data, "agent/containers", lxcName), "a file");
      await server.apply(name, faulty);
    },
    cause: /^Container default\/folder-blocked .*StepFailed/,
  },
  {
    name: "held",
    arrange: async (name) => {
      await server.apply(name, faulty, { running: false });
      const ref = { name, namespace: "default" };
      await server.client.mergePatch(packageKind, ref, { metadata: { finalizers: ["x.org/held"] } }, by);
      await server.client.delete(packageKind, packageKind.ref(name, "default"), by);
    },
    cause: /^Package default\/held is being deleted; it is held by .*x\.org\/held/,
  },
  {
    name: "agent-stands",
    arrange: async (name) => {
      for (const pid of server.pids("agent")) process.kill(pid, "SIGSTOP");
      await server.apply(name, faulty);
    },
    cause: /^Archive default\.agent-stands-.* was not looked at in its newest generation$/,
  },
];

describe("freehold why", () => {
  it.each(faults)("names the cause of $name", async ({ name, arrange, cause }) => {
    await arrange(name);
    try {
      const [only] = await server.until(
        `the cause of ${name}`,
        async () => {
          const causes = await causesOf(name);
          if (causes.length === 1 && cause.test(causes[0] ?? "")) return causes;
          throw new Error(causes.join("; "));
        },
        60_000,
      );
      expect(only).toMatch(cause);
    } finally {
      for (const pid of server.pids("agent")) process.kill(pid, "SIGCONT");
    }
  });
});
