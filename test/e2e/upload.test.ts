import { execFileSync } from "node:child_process";
import { globSync, statSync } from "node:fs";
import { join } from "node:path";

import { archiveKind, packageKind } from "@freehold/apis/package";
import { afterAll, beforeAll, expect, it } from "vitest";

import { packed, ServerUnderTest } from "../testing/server-under-test.ts";

const freehold = join(import.meta.dirname, "../../bin/freehold");
let server: ServerUnderTest;

beforeAll(async () => {
  server = await ServerUnderTest.start();
});
afterAll(() => server[Symbol.asyncDispose]());

function run(...words: readonly string[]): string {
  return execFileSync(freehold, [...words, "--data", server.data], { encoding: "utf8" });
}

it("a package that is installed by upload runs from the agent's own copy, and goes without a trace", async () => {
  const file = packed("redis");
  expect(run("install", file, "--wait")).toContain("redis ready");
  const found = await server.ready(packageKind, "redis", "default");
  expect(found.spec.source.archive).toBe(found.status?.archive);
  const [archive] = (await server.client.list(archiveKind)).items;
  expect(archive?.spec.file).toBeUndefined();
  expect(archive?.status).toMatchObject({ rootHash: found.status?.archive });
  expect(globSync(`${server.data}/server/uploads/*`).map((path) => statSync(path).size)).toEqual([
    statSync(file).size,
  ]);
  const stamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z .*Ready to accept connections/m;
  expect(run("logs", "redis", "--since", "5m", "--timestamps")).toMatch(stamp);
  expect(run("logs", "redis")).not.toMatch(stamp);
  expect(run("logs", "redis", "--tail", "1").split("\n")).toHaveLength(2);
  await server.client.delete(packageKind, packageKind.ref("redis", "default"), { name: "test" });
  await server.until(
    "the package to be gone",
    async () => !(await server.client.get(packageKind, "redis", "default")),
  );
  expect(server.leftovers()).toMatchObject({ archives: [], containers: [], images: [] });
});

it("a package that is applied before its archive is uploaded waits for it, and says so", async () => {
  const file = packed("webdis");
  const shown = execFileSync(freehold, ["s9pk", "inspect", file], { encoding: "utf8" });
  const archive = /Root hash:\s+(\S+)/.exec(shown)?.[1] ?? "";
  const draft = packageKind.draft(
    { name: "early", namespace: "default" },
    { source: { archive }, running: true },
  );
  await server.client.create(packageKind, draft, { name: "test" });
  await server.until("the reason", async () => {
    const conditions = (await server.client.get(packageKind, "early", "default"))?.status?.conditions ?? [];
    return conditions.some(({ reason, message }) => reason === "NotUploaded" && message.includes(archive));
  });
  run("install", file, "--name", "early");
  await server.until("its archive", async () => {
    const { items } = await server.client.list(archiveKind);
    return items.some(({ status }) => status?.rootHash === archive);
  });
});
