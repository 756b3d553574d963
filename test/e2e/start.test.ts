import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";

import { builtInKinds } from "@freehold/apis";
import { Client, readKubeconfig } from "@freehold/client";
import { afterAll, beforeAll, expect, it } from "vitest";

const root = join(import.meta.dirname, "../..");
let data: string;

beforeAll(async () => {
  data = await mkdtemp("/var/tmp/freehold-start-");
});

afterAll(async () => {
  execFileSync(join(root, "bin/freehold"), ["down", "--data", data]);
  await rm(data, { recursive: true, force: true });
});

/** `npm start` without the network: what it would install is there. */
function npmStart(): string {
  return execFileSync("bash", ["image/start.sh"], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, FREEHOLD_DATA: data, FREEHOLD_LISTEN: "127.0.0.1:16443" },
  });
}

/** Every object with its revision. */
async function everything(): Promise<readonly string[]> {
  using client = new Client(readKubeconfig(`${data}/admin.kubeconfig`));
  const lists = await Promise.all(builtInKinds.map((kind) => client.list(kind)));
  return lists.flatMap(({ items }) =>
    items.map(
      ({ kind, metadata }) =>
        `${kind} ${metadata.namespace ?? ""}/${metadata.name} ${metadata.resourceVersion}`,
    ),
  );
}

it("npm start ends with the starter package answering, and again changes nothing", async () => {
  const first = npmStart();
  const url = /starter package\s+\S+: (\S+)/.exec(first)?.[1] ?? "";
  const page = await (await fetch(url)).text();
  expect(page).toContain("Radicale");
  expect(first).toContain("first-login secret");
  expect(first).toMatch(/^== Package radicale: [\d.]+ s$/m);
  const hint = /^Try: (.*)$/m.exec(first)?.[1] ?? "";
  expect(execFileSync("bash", ["-c", hint], { encoding: "utf8" })).toMatch(/radicale .*True/);
  const before = await everything();
  const second = npmStart();
  expect(second).toContain(url);
  expect(await everything()).toEqual(before);
});
