import { randomBytes } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Client, readKubeconfig, uploadArchive, type UploadProgress } from "@freehold/client";
import { bufferSource, signingKeyOf, writeArchive, writeArchiveFile } from "@freehold/s9pk";
import { afterAll, beforeAll, expect, test } from "vitest";

import { processes } from "../testing/server-under-test.ts";
import { build, ServerRun } from "./run-server.ts";

const MIB = 1024 ** 2;
let server: ServerRun;
let folder: string;

beforeAll(async () => {
  build();
  [server, folder] = await Promise.all([ServerRun.start(), mkdtemp(join(tmpdir(), "freehold-upload-"))]);
}, 120_000);

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

/** An archive of random contents; answers its path and root hash. */
async function makeArchive(name: string, bytes: number): Promise<{ path: string; rootHash: string }> {
  const path = join(folder, `${name}.s9pk`);
  const manifest = { id: name, title: name, version: "1.0.0:0", images: {}, volumes: [], dependencies: {} };
  const contents = new Map([
    ["manifest.json", bufferSource(Buffer.from(JSON.stringify(manifest)))],
    ["javascript.squashfs", bufferSource(randomBytes(bytes))],
  ]);
  let rootHash = "";
  await writeArchiveFile(path, async (sink) => {
    const made = await writeArchive(contents, signingKeyOf(), sink);
    rootHash = Buffer.from(made.rootHash).toString("hex");
  });
  return { path, rootHash };
}

async function upload(
  client: Client,
  { path, rootHash }: { path: string; rootHash: string },
  onProgress: (progress: UploadProgress) => void = () => undefined,
): Promise<void> {
  await uploadArchive(client.transport, {
    rootHash,
    size: statSync(path).size,
    namespace: "default",
    signal: AbortSignal.timeout(60_000),
    read: (start, end) => createReadStream(path, { start, end: end - 1 }),
    onProgress,
  });
}

test("install uploads, verifies, and applies a package of that root hash", async () => {
  const { path, rootHash } = await makeArchive("small", MIB);
  const first = await server.freehold(["install", path, "--name", "mine"]);
  expect(first).toEqual({ code: 0, err: "", out: "package.package.freehold.dev/mine created\n" });
  const source = await server.freehold(["get", "pkg", "mine", "-o", "jsonpath={.spec.source.archive}"]);
  expect(source.out.trim()).toBe(rootHash);
  const kept = join(server.folder, "server/uploads", `${rootHash}.s9pk`);
  expect(await readFile(kept)).toEqual(await readFile(path));
  const again = await server.freehold(["install", path, "--name", "mine"]);
  expect(again.out).toBe("package.package.freehold.dev/mine unchanged\n");
});

test("a damaged archive is refused by the file within, and leaves nothing", async () => {
  const { path, rootHash } = await makeArchive("damaged", MIB);
  const bytes = await readFile(path);
  bytes[bytes.length - 1000] = (bytes[bytes.length - 1000] ?? 0) ^ 1;
  await writeFile(path, bytes);
  const ran = await server.freehold(["install", path, "--name", "damaged"]);
  expect(ran).toMatchObject({ code: 1, out: "" });
  expect(ran.err).toContain("the server refused the archive");
  expect(ran.err).toContain("javascript.squashfs");
  await expect(stat(join(server.folder, "server/uploads", `${rootHash}.s9pk`))).rejects.toThrow("ENOENT");
});

test("a file that is no archive is named, with what to do", async () => {
  const path = join(folder, "letter.txt");
  await writeFile(path, "Dear all");
  for (const command of [["install"], ["s9pk", "inspect"], ["s9pk", "verify"]]) {
    const ran = await server.freehold([...command, path]);
    expect(ran).toMatchObject({ code: 1, out: "" });
    expect(ran.err).toContain(`error: Cannot read "${path}"`);
    expect(ran.err).toContain("next: name an S9PK archive");
  }
});

test("an upload outlives a server that is killed in its midst, and repeats nothing it was told is there", async () => {
  const archive = await makeArchive("large", 48 * MIB);
  using client = new Client(readKubeconfig(server.kubeconfig));
  const begun: number[] = [];
  let killed = false;
  await upload(client, archive, ({ phase, done }) => {
    if (phase === "Uploading" && done % (8 * MIB) === 0) begun.push(done);
    // In the middle of the third part.
    if (killed || done < 20 * MIB) return;
    killed = true;
    const { pid = 0 } =
      processes().find(({ args }) => args.includes(`main.js server --data ${server.folder} `)) ?? {};
    process.kill(pid, "SIGKILL");
  });
  expect(killed).toBe(true);
  const kept = join(server.folder, "server/uploads", `${archive.rootHash}.s9pk`);
  expect((await readFile(kept)).equals(await readFile(archive.path))).toBe(true);
  const restart = begun.findIndex((done, i) => done < Math.max(0, ...begun.slice(0, i)));
  expect(restart < 0 || (begun[restart] ?? 0) >= 16 * MIB).toBe(true);
});
