import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { buildRuntimeImage } from "@freehold/runtime/image";
import { bufferSource, signingKeyOf, writeArchive, writeArchiveFile } from "@freehold/s9pk";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";

import { HandMadeAgent, prepareMachine, restoreMachine } from "./testing/hand-made-agent.ts";

// Short, because sockets lie below it and their paths have at most 107 bytes.
const work = mkdtempSync("/tmp/hq-");
let agent: HandMadeAgent;

function squashed(directory: string): Uint8Array {
  execFileSync("mksquashfs", [directory, `${directory}.squashfs`, "-all-root", "-quiet", "-no-progress"], {
    stdio: "ignore",
  });
  return readFileSync(`${directory}.squashfs`);
}

/** A root with a shell and a web server called hello-world, as upstream's package has. */
function makeImage(): Uint8Array {
  const root = join(work, "image");
  for (const name of ["bin", "etc", "proc", "www"]) mkdirSync(join(root, name), { recursive: true });
  copyFileSync("/usr/bin/busybox", join(root, "bin/busybox"));
  symlinkSync("busybox", join(root, "bin/sh"));
  const script =
    "#!/bin/sh\necho serving > /dev/stderr\nbusybox touch /data/started\nexec busybox httpd -f -p 80 -h /www\n";
  writeFileSync(join(root, "bin/hello-world"), script, { mode: 0o755 });
  writeFileSync(join(root, "www/index.html"), "Hello World");
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0::/root:/bin/sh\n");
  writeFileSync(join(root, "etc/group"), "root:x:0:\n");
  return squashed(root);
}

async function makeArchive(path: string): Promise<void> {
  const javascript = join(work, "javascript");
  const source = join(import.meta.dirname, "../../runtime/testing/hello-world/package.js");
  const outfile = join(javascript, "index.js");
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    logLevel: "error",
  });
  const { manifest }: { manifest: unknown } = createRequire(import.meta.url)(outfile);
  const text = (value: string) => bufferSource(new TextEncoder().encode(value));
  const contents = new Map([
    ["manifest.json", text(JSON.stringify(manifest))],
    ["icon.svg", text("<svg/>")],
    ["LICENSE.md", text("MIT")],
    ["javascript.squashfs", bufferSource(squashed(javascript))],
    ["images/x86_64/hello-world.squashfs", bufferSource(makeImage())],
    ["images/x86_64/hello-world.env", text("PATH=/bin")],
    ["images/x86_64/hello-world.json", text('{"workdir":"/","user":"root","entrypoint":null,"cmd":null}')],
  ]);
  await writeArchiveFile(path, (sink) => writeArchive(contents, signingKeyOf(), sink));
}

beforeAll(async () => {
  chmodSync(work, 0o755);
  prepareMachine();
  const runtimeImage = join(work, "runtime.squashfs");
  const archive = join(work, "hello-world.s9pk");
  await buildRuntimeImage({ output: runtimeImage });
  await makeArchive(archive);
  agent = await HandMadeAgent.install({ work, runtimeImage, archive, address: 9, addressOf: () => null });
});

afterAll(() => {
  agent.clean();
  restoreMachine();
  rmSync(work, { recursive: true });
});

test("an unmodified SDK 2.0.9 package serves, stops and starts again, and exits in an unprivileged container", async () => {
  await agent.start();
  await agent.ask("init", { id: "INIT", kind: "install" });
  await agent.ask("start");
  await agent.healthy("primary");
  const page = async () => (await fetch(`http://${agent.ip}/`)).text();
  expect(await page()).toBe("Hello World");
  expect(existsSync(join(agent.root, "media/startos/volumes/main/started"))).toBe(true);
  await agent.ask("stop");
  await expect(page()).rejects.toThrow("fetch failed");
  expect(agent.effects.at(-1)?.[0]).toBe("subcontainer.destroy-fs");
  const backup = join(agent.root, "media/startos/backup");
  await agent.ask("execute", { id: "BACKUP", procedure: "/backup/create", input: null, timeout: null });
  expect(existsSync(join(backup, "volumes/main/started"))).toBe(true);
  expect(readFileSync(join(backup, "dataVersion.txt"), "utf8")).toBe("2.0.0:6");
  agent.health.clear();
  await agent.ask("start");
  await agent.healthy("primary");
  expect(await page()).toBe("Hello World");
  await agent.ask("exit", { id: "EXIT", target: null });
  await agent.ended();
  expect(agent.dataVersion).toBeNull();
  expect(agent.log).toContain("serving");
});
