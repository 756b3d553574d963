import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { readKubeconfig } from "./kubeconfig.ts";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "freehold-kubeconfig-"))));
afterAll(() => rmSync(folder, { recursive: true }));

function written(text: string): string {
  const file = join(folder, "config");
  writeFileSync(file, text);
  return file;
}

const config = `
current-context: home
contexts: [{ name: home, context: { cluster: c, user: u, namespace: web } }, { name: bare, context: { cluster: c, user: none } }]
clusters: [{ name: c, cluster: { server: "https://h:1", certificate-authority: ca.pem } }]
users: [{ name: u, user: { token: t, client-key-data: ${btoa("key")} } }]
`;

test("readKubeconfig() reads the current context, data inline and files beside it", () => {
  writeFileSync(join(folder, "ca.pem"), "authority");
  expect(readKubeconfig(written(config))).toEqual({
    server: "https://h:1",
    ca: "authority",
    key: "key",
    token: "t",
    namespace: "web",
  });
});

test("readKubeconfig() names file and field of what is missing", () => {
  const file = written(config);
  expect(() => readKubeconfig(file, "away")).toThrow(`Cannot use "${file}": contexts has no "away"`);
  expect(() => readKubeconfig(file, "bare")).toThrow(`Cannot use "${file}": users has no "none"`);
  expect(() => readKubeconfig(written("a: 1"))).toThrow("current-context is missing");
  expect(() => readKubeconfig(written("[]"))).toThrow("current-context is missing");
});
