import { writeSync } from "node:fs";

import { EmbeddedBackend } from "@freehold/store";

/** Writers at the same time, each with a key and a twin that are always written together. */
const WRITERS = 16;

/**
 * Writes until it is killed. Each acknowledged write is told as `writer number revision` on a line, by a system call of its own:
 * what the pipe has, the store must have.
 */
const [file = "", firstNumber = "0"] = process.argv.slice(2);
const backend = await EmbeddedBackend.open(file);
writeSync(1, "open\n");

/** Waits for a reader that is slow: the pipe does not block by itself. */
function tell(line: string): void {
  for (;;) {
    try {
      writeSync(1, line);
      return;
    } catch (error) {
      if (!(error instanceof Error) || Reflect.get(error, "code") !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

async function write(writer: number): Promise<void> {
  for (let number = Number(firstNumber); ; number += 1) {
    const value = Buffer.from(`${number} ${"x".repeat(500)}`);
    const key = `/drill/${writer}`;
    const revision = await backend.commit(
      [],
      [
        { type: "put", key, value },
        { type: "put", key: `${key}/twin`, value },
        number % 2 === 0
          ? { type: "put", key: `${key}/even`, value }
          : { type: "delete", key: `${key}/even` },
      ],
    );
    tell(`${writer} ${number} ${revision}\n`);
    if (writer === 0 && number % 40 === 0) await backend.compact(revision - 1);
  }
}

await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
