import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { hostCaller } from "./call-host.ts";

const work = mkdtempSync(join(tmpdir(), "call-host-"));
afterAll(() => rmSync(work, { recursive: true }));

/** A host that answers each line with what `reply` gives; an empty one just ends the connection. */
async function hostAt(path: string, reply: () => string) {
  const seen: string[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => socket.destroy());
    socket.on("data", (data) => {
      seen.push(data.toString());
      socket.end(reply());
    });
  });
  server.listen(path);
  await once(server, "listening");
  return { seen, [Symbol.dispose]: () => void server.close() };
}

const patient = { patienceMs: () => 10_000 };

test("hostCaller() sends one line without jsonrpc and gives the result", async () => {
  const path = join(work, "plain.sock");
  using host = await hostAt(path, () => '{"jsonrpc":"2.0","id":0,"result":{"a":1}}\n');
  expect(await hostCaller(path, patient)("get-status", { packageId: "x" })).toEqual({ a: 1 });
  expect(host.seen).toEqual(['{"id":0,"method":"get-status","params":{"packageId":"x"}}\n']);
});

test("hostCaller() waits for a host that is being started", async () => {
  const path = join(work, "late.sock");
  const asked = hostCaller(path, patient)("get-os-ip", {});
  using host = await hostAt(path, () => '{"result":"10.0.3.1"}\n');
  expect(await asked).toBe("10.0.3.1");
  expect(host.seen).toHaveLength(1);
});

test("hostCaller() gives up when its patience ends, and does not ask twice when the host breaks off", async () => {
  const call = hostCaller(join(work, "never.sock"), { patienceMs: () => 0 });
  await expect(call("restart", {})).rejects.toThrow('Cannot call "restart": Error: connect ENOENT');
  const path = join(work, "broken.sock");
  using host = await hostAt(path, () => "");
  await expect(hostCaller(path, patient)("restart", {})).rejects.toThrow("the host closed the connection");
  expect(host.seen).toHaveLength(1);
});

test("hostCaller() turns the host's errors into messages with details and method", async () => {
  const path = join(work, "error.sock");
  const error = { code: 6, message: "Not Found", data: { details: "no such package", debug: "trace" } };
  using host = await hostAt(path, () => `${JSON.stringify({ error })}\n`);
  await expect(hostCaller(path, patient)("mount", {})).rejects.toThrow(
    "Not Found: no such package\ntrace@mount",
  );
  expect(host.seen).toHaveLength(1);
});
