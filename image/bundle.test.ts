import { execFileSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { bundleDaemons, PROGRAMS } from "./bundle.ts";

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "bundle-"));

beforeAll(() => bundleDaemons(folder));
afterAll(() => rmSync(folder, { recursive: true }));

test("PROGRAMS names every thread that sources start beside their own file", () => {
  const started = globSync("{agent,controllers,image,native,reconciler,sdk}/**/*.ts", { cwd: root })
    .filter((file) => !/\/(?:node_modules|dist)\/|\.test\.ts$/.test(file))
    .flatMap((file) => [...readFileSync(join(root, file), "utf8").matchAll(/new URL\(`\.\/([\w-]+)\.\$\{/g)])
    .map(([, name]) => name);
  expect(started.length).toBeGreaterThan(0);
  expect(PROGRAMS.map((file) => basename(file, ".ts"))).toEqual(expect.arrayContaining(started));
});

test("bundleDaemons() makes a program that runs from where nothing but the bundles and node_modules is", () => {
  const text = execFileSync(process.execPath, [join(folder, "main.js"), "up", "--help"], {
    encoding: "utf8",
  });
  expect(text).toContain("usage: freehold");
});

test("bundleDaemons() keeps what only some need out of what all load", () => {
  const [server, agent] = ["server", "agent"].map((name) =>
    readFileSync(join(folder, `image-daemon-${name}.js`), "utf8"),
  );
  expect(server).not.toMatch(/require\("etcd3"\)|X509CertificateGenerator\b.*class/);
  expect(agent).not.toMatch(/NestFactory|require\("etcd3"\)/);
});

test("bundleDaemons() leaves files alone that stay the same", async () => {
  const file = join(folder, "image-daemon-up.js");
  utimesSync(file, 1, 1);
  await bundleDaemons(folder);
  expect(statSync(file).mtimeMs).toBe(1000);
});
