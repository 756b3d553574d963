import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { buildFixture } from "./testing/build-fixture.ts";
import { TestHost, type WireMessage } from "./testing/test-host.ts";

const work = mkdtempSync(join(tmpdir(), "runtime-"));
const paths = {
  serviceSocket: join(work, "service.sock"),
  hostSocket: join(work, "host.sock"),
  packageEntry: join(work, "index.js"),
};
let dataVersion: unknown = null;
const host = new TestHost((method, params) => {
  switch (method) {
    case "get-data-version":
      return dataVersion;
    case "set-data-version":
      dataVersion = params["version"];
      return null;
    case "subcontainer.create-fs":
      return [join(work, "root"), "GUID"];
    default:
      return null;
  }
});
let runtime: ChildProcess;

/** What the golden transcript of upstream's runtime has as messages of one kind. */
function golden(who: string): WireMessage[] {
  const file = new URL("testing/golden/wire.hello-world.json", import.meta.url);
  const { wire }: { wire: [number, string, string][] } = JSON.parse(readFileSync(file, "utf8"));
  return wire.filter(([, speaker]) => speaker === who).map(([, , text]): WireMessage => JSON.parse(text));
}

function effectsOf(messages: readonly WireMessage[]) {
  return messages.map(({ method, params }) => [
    method,
    { ...params, ...(params?.["stack"] ? { stack: "" } : {}) },
  ]);
}

const initProgress = {
  method: "set-init-progress",
  params: { progress: { overall: true, phases: [] }, eventId: "INITGUID" },
};

beforeAll(async () => {
  await buildFixture(new URL("testing/hello-world/package.js", import.meta.url), paths.packageEntry);
  mkdirSync(join(work, "bin"));
  mkdirSync(join(work, "root"));
  // The SDK runs programs by name; here they need only exist. The real ones are tested in test/privileged.
  for (const name of ["start-container", "mount"]) {
    writeFileSync(join(work, "bin", name), '#!/bin/sh\ncase "$1" in subcontainer) exec sleep 1000;; esac\n');
    chmodSync(join(work, "bin", name), 0o755);
  }
  await host.listen(paths.hostSocket);
  const script = `import { Runtime } from ${JSON.stringify(new URL("index.ts", import.meta.url).href)};
    const runtime = new Runtime({ paths: ${JSON.stringify(paths)}, onExit: () => process.exit(0) });
    process.on("SIGTERM", () => runtime.shutdown());
    await runtime.listen();`;
  runtime = spawn(process.execPath, ["--conditions=@freehold/source", "--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, PATH: `${join(work, "bin")}:${process.env["PATH"]}` },
  });
  if (runtime.stdout) await once(runtime.stdout, "data");
  await host.connect(paths.serviceSocket);
}, 60_000);

afterAll(async () => {
  if (runtime.exitCode === null && runtime.signalCode === null) {
    runtime.kill("SIGKILL");
    await once(runtime, "exit");
  }
  await host[Symbol.asyncDispose]();
  rmSync(work, { recursive: true });
});

test("Runtime answers an unmodified SDK package's life as upstream's runtime does", async () => {
  const answers = golden("rt->host(resp)");
  const unknown = await host.ask("bogus", {});
  expect(unknown).toEqual(answers[0]);
  const early = await host.ask("start", {});
  expect(early.error).toMatchObject({
    message: "object",
    code: 1,
    data: { details: "System not initialized" },
  });
  expect((await host.ask("init", { id: "INITGUID", kind: "install" })).result).toBeNull();
  expect((await host.ask("init", { id: "INITGUID2", kind: null })).result).toBeNull();
  const action = { id: "E1", procedure: "/actions/nope/run", input: { input: {} }, timeout: 120_000 };
  expect((await host.ask("execute", action)).error).toEqual({
    code: 0,
    message: "Error: Action nope not found",
  });
  const wanted = golden("rt->host").filter(({ params }) => params?.["eventId"] === "INITGUID");
  const found = host.wire.flatMap(([who, message]) => (who === "rt->host" ? [message] : []));
  expect(effectsOf(found.filter(({ params }) => params?.["eventId"] === "INITGUID"))).toEqual([
    ...effectsOf(wanted),
    // The transcript is of SDK 1.5.2; 2.0.9 tells its progress as well.
    ...effectsOf([initProgress, initProgress]),
  ]);

  expect((await host.ask("start", {})).result).toBeNull();
  host.notify("callback", { id: 999, args: [] });
  expect((await host.ask("stop")).result).toBeNull();
  const main = host.effects.filter(([, params]) => !("eventId" in params)).map(([method]) => method);
  // The first health report races with the first subcontainer: each effect has a connection of its own.
  expect(main).toContain("subcontainer.create-fs");
  expect(main.at(-1)).toBe("subcontainer.destroy-fs");
  expect(await host.ask("eval", { script: "1+1" })).toMatchObject({ result: 2 });
  expect((await host.ask("exit", { id: "X", target: null })).result).toBeNull();
  expect(host.effects.at(-1)).toEqual(["set-data-version", { version: null, eventId: "X" }]);
  if (runtime.exitCode === null) await once(runtime, "exit");
  expect(runtime.exitCode).toBe(0);
});
