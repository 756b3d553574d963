import { once } from "node:events";
import { statSync, symlinkSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { text } from "node:stream/consumers";

import type { ConformanceSetup } from "@freehold/agent-ports/conformance";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { linuxSetup } from "./linux-setup.ts";

const live = new AbortController().signal;

describe("LinuxRuntimeHost", () => {
  let setup: ConformanceSetup;
  const folder = (): string => setup.folder;
  beforeEach(async () => {
    setup = await linuxSetup();
  });
  afterEach(() => setup[Symbol.asyncDispose]());

  const open = (): Socket => connect(`${folder()}/host.sock`);
  const send = async (bytes: string): Promise<string> => {
    const socket = open();
    socket.end(bytes);
    return text(socket);
  };

  it("gives the socket to the container's root, also over a stale one and by a long path", async () => {
    const long = `${folder()}/${"x".repeat(120)}`;
    await setup.host.mounts.makeDirectory(long);
    for (let time = 0; time < 2; time++) {
      const serving = await setup.host.runtime.serve(long, 300_000, async () => null);
      expect(statSync(`${long}/host.sock`)).toMatchObject({ uid: 300_000, gid: 300_000 });
      if (time === 1) await serving[Symbol.asyncDispose]();
    }
  });

  it("answers what is wrong with a request, and closes on a line without end", async () => {
    const serving = await setup.host.runtime.serve(folder(), 0, async () => undefined);
    const codes = ["{", "7", '{"id":1}'].map(async (line) => JSON.parse(await send(`${line}\n`)).error.code);
    expect(await Promise.all(codes)).toEqual([-32_700, -32_600, -32_602]);
    expect(await send('{"id":2,"method":"a"}\n')).toBe('{"jsonrpc":"2.0","id":2,"result":null}\n');
    const socket = open();
    socket.on("error", () => undefined);
    socket.write("x".repeat(9 << 20));
    await new Promise<void>((resolve) => void socket.once("close", () => resolve()));
    await serving[Symbol.asyncDispose]();
  });

  it("keeps order and number of many requests on one connection bounded, and answers all", async () => {
    let running = 0;
    let most = 0;
    const serving = await setup.host.runtime.serve(folder(), 0, async (_, params) => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      return params;
    });
    const lines = Array.from(
      { length: 1000 },
      (_, id) => `${JSON.stringify({ id, method: "echo", params: id })}\n`,
    );
    const answers = (await send(lines.join("")))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(answers.every(({ id, result }) => id === result)).toBe(true);
    expect(answers).toHaveLength(1000);
    expect(most).toBeLessThanOrEqual(64);
    await serving[Symbol.asyncDispose]();
  });

  it("does not follow a link that the container puts in place of its socket", async () => {
    const other = createServer((socket) => socket.end("secret\n"));
    other.listen(`${folder()}/other.sock`);
    await once(other, "listening");
    symlinkSync("other.sock", `${folder()}/service.sock`);
    await expect(setup.host.runtime.call(folder(), "init", null, live)).rejects.toMatchObject({
      code: "invalid",
    });
    other.close();
  });

  it("a call is interrupted when it is cancelled or the runtime goes away", async () => {
    const server = createServer((socket) =>
      socket.on("data", (data) => String(data).includes("die") && socket.destroy()),
    );
    server.listen(`${folder()}/service.sock`);
    await once(server, "listening");
    const call = (method: string, signal: AbortSignal): Promise<unknown> =>
      setup.host.runtime.call(folder(), method, null, signal);
    await expect(call("wait", AbortSignal.timeout(20))).rejects.toMatchObject({ code: "interrupted" });
    await expect(call("die", live)).rejects.toMatchObject({ code: "interrupted" });
    server.close();
  });
});
