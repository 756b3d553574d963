import { execFileSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";

import type { ConformanceSetup } from "@freehold/agent-ports/conformance";
import { bufferSource, signingKeyOf, writeArchive, writeArchiveFile } from "@freehold/s9pk";

import { cgroupParent, makeImage, newFolder, newHost } from "./sandbox.ts";

const bridge = "fhc0";
const shared = newFolder();
const imagePath = makeImage(shared);
const archives = await makeArchives();

/** A Linux host with nothing on it. */
export async function linuxSetup(): Promise<ConformanceSetup> {
  const base = newFolder();
  const host = newHost(`${base}/data`);
  const folder = `${base}/test`;
  await host.mounts.makeDirectory(folder);
  return {
    host,
    folder,
    image: { path: imagePath, offset: 0, size: statSync(imagePath).size },
    bridge,
    archives,
    changeLimits: async (name, memoryBytes) => writeFileSync(memoryFile(name), `${memoryBytes}`),
    crash: async (name) => {
      const pid = (await host.containers.container(name))?.initPid;
      if (pid === undefined) throw new Error(`Cannot end "${name}": it does not run`);
      process.kill(pid, "SIGKILL");
    },
    tamper: async (table) => {
      const rule = ["add", "rule", "inet", table, "input", "tcp", "dport", "22", "accept"];
      execFileSync("nft", rule);
    },
    runRuntime,
    callEffect,
    [Symbol.asyncDispose]: async () => {
      for (const name of await host.containers.containers()) {
        await host.containers.stop(name, 2000);
        await host.containers.destroy(name);
      }
      await host.packets.removeTable("conformance");
      await host.links.removeLink(bridge);
      for (const { target } of (await host.mounts.mountsBelow(base)).toReversed()) {
        await host.mounts.unmount(target, { lazy: true });
      }
    },
  };
}

/** Where the kernel holds a container's memory limit. */
export function memoryFile(name: string): string {
  const controllers = "/sys/fs/cgroup/cgroup.controllers";
  try {
    if (readFileSync(controllers, "utf8").includes("memory")) {
      return `/sys/fs/cgroup/${cgroupParent}/${name}/payload/memory.max`;
    }
  } catch (error) {
    if (!(error instanceof Error) || Reflect.get(error, "code") !== "ENOENT") throw error;
  }
  return `/sys/fs/cgroup/memory/${cgroupParent}/${name}/payload/memory.limit_in_bytes`;
}

async function runRuntime(
  directory: string,
  answer: (method: string, params: unknown) => Promise<unknown>,
): Promise<AsyncDisposable> {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    createInterface({ input: socket }).on("line", async (line) => {
      const { id, method, params } = JSON.parse(line);
      try {
        socket.write(`${JSON.stringify({ jsonrpc: "2.0", id, result: await answer(method, params) })}\n`);
      } catch (error) {
        const data = { details: String(error) };
        socket.write(
          `${JSON.stringify({ jsonrpc: "2.0", id, error: { code: 0, message: "object", data } })}\n`,
        );
      }
    });
  });
  await new Promise<void>((resolve) => void server.listen(`${directory}/service.sock`, resolve));
  return {
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

/** As the runtime does it: it ends its side right after the request. */
function callEffect(directory: string, method: string, params: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = connect(`${directory}/host.sock`);
    socket.once("error", reject);
    socket.end(`${JSON.stringify({ id: 5, method, params })}\n`);
    const lines = createInterface({ input: socket });
    lines.once("error", reject);
    lines.once("line", (line) => {
      const { id, result, error } = JSON.parse(line);
      if (error) reject(new Error(error.message));
      else if (id === 5) resolve(result);
      else reject(new Error(`Cannot match the answer to ${id}`));
    });
  });
}

async function makeArchives(): Promise<ConformanceSetup["archives"]> {
  const folder = newFolder();
  const [good, corrupt] = [`${folder}/good.s9pk`, `${folder}/corrupt.s9pk`];
  const manifest = Buffer.from(JSON.stringify({ id: "hello-world", version: "1.0.0:0" }));
  const contents = new Map([
    ["manifest.json", bufferSource(manifest)],
    ["javascript.squashfs", bufferSource(readFileSync(imagePath))],
  ]);
  let rootHash = "";
  await writeArchiveFile(good, async (sink) => {
    const commitment = await writeArchive(contents, signingKeyOf(new Uint8Array(32).fill(7)), sink);
    rootHash = Buffer.from(commitment.rootHash).toString("hex");
  });
  const bytes = readFileSync(good);
  // Within the image, which is by far the greatest part.
  bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
  writeFileSync(corrupt, bytes);
  return { good, corrupt, rootHash, bytes: readFileSync(good) };
}
