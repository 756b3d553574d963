import { closeSync, openSync, readdirSync } from "node:fs";
import { text } from "node:stream/consumers";

import { describe, expect, it } from "vitest";

import { NativeError } from "./native-error.ts";
import { spawn } from "./spawn.ts";

const piped = { stdin: "pipe", stdout: "pipe", stderr: "pipe", session: true } as const;

function run(script: string, ...more: readonly string[]) {
  const environment = { PATH: "/usr/bin:/bin", GREETING: "hello" };
  return spawn({ file: "/bin/sh", argv: ["sh", "-c", script, "sh", ...more], environment, ...piped });
}

describe("spawn()", () => {
  it("gives arguments, environment and streams to the child and answers its exit code", async () => {
    const child = run('read line; echo "$GREETING $1 $line"; echo bad >&2; exit 3', "a b");
    child.stdin?.end("input\n");
    if (!child.stdout || !child.stderr) throw new Error("no streams");
    const [out, error, end] = await Promise.all([text(child.stdout), text(child.stderr), child.handle.ended]);
    expect({ out, error, end }).toEqual({
      out: "hello a b input\n",
      error: "bad\n",
      end: { code: 3, signal: null },
    });
  });

  it("answers the signal that ended the child", async () => {
    const child = run("read line");
    child.handle.signal(15);
    expect(await child.handle.ended).toEqual({ code: null, signal: 15 });
    child.handle.signal(15);
  });

  it("gives the child a session and no descriptor but three", async () => {
    const child = run('ls /proc/self/fd; cut -d" " -f6 /proc/$$/stat; echo $$');
    if (!child.stdout) throw new Error("no stream");
    const lines = (await text(child.stdout)).trim().split("\n");
    await child.handle.ended;
    // Descriptor 3 is the folder that ls itself reads.
    expect(lines.slice(0, 4)).toEqual(["0", "1", "2", "3"]);
    expect(lines[4]).toBe(lines[5]);
  });

  it("throws when the program cannot be executed, and leaks no descriptor", () => {
    const before = readdirSync("/proc/self/fd").length;
    const call = { file: "/nowhere", argv: ["nowhere"], environment: {}, ...piped };
    expect(() => spawn(call)).toThrow(NativeError);
    expect(readdirSync("/proc/self/fd").length).toBe(before);
  });

  it("hands over descriptors of ours", async () => {
    const nothing = openSync("/dev/null", "r+");
    const call = { file: "/bin/true", argv: ["true"], environment: {}, session: false };
    const child = spawn({ ...call, stdin: nothing, stdout: nothing, stderr: nothing });
    expect(await child.handle.ended).toEqual({ code: 0, signal: null });
    closeSync(nothing);
  });
});
