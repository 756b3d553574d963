import type { Socket } from "node:net";

// Far above any message; an endless line must not take all memory.
const maxLineBytes = 64 * 1024 * 1024;

/** Calls back for each line a socket brings. A line beyond 64 MiB ends the connection with an error. */
export function readLines(socket: Socket, onLine: (line: string) => void): void {
  let parts: Buffer[] = [];
  let length = 0;
  socket.on("data", (chunk: Buffer) => {
    let rest = chunk;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = Buffer.concat([...parts, rest.subarray(0, end)]).toString("utf8");
      parts = [];
      length = 0;
      rest = rest.subarray(end + 1);
      if (line.trim() !== "") onLine(line);
    }
    if (rest.length === 0) return;
    parts.push(rest);
    length += rest.length;
    if (length > maxLineBytes)
      socket.destroy(new Error(`Cannot read a line: it exceeds ${maxLineBytes} bytes`));
  });
}
