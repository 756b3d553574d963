import type { FileHandle } from "node:fs/promises";

import type { Reply } from "../http/reply.ts";
import type { ByteRange } from "./read-range.ts";

const PIECE_BYTES = 256 * 1024;

/** A file, or a part of it, as fast as the client takes it. It is opened only when there is somebody to send it to. */
export function sendFile(open: () => Promise<FileHandle>, size: number, range: ByteRange | undefined): Reply {
  const { start, end } = range ?? { start: 0, end: size };
  return {
    status: range ? 206 : 200,
    contentType: "application/octet-stream",
    headers: {
      "accept-ranges": "bytes",
      "content-length": String(end - start),
      ...(range && { "content-range": `bytes ${start}-${end - 1}/${size}` }),
    },
    stream: async (sink, signal) => {
      await using file = await open();
      for (let at = start; at < end && !signal.aborted;) {
        // A new one each time: the last may still wait in the connection's queue.
        const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, end - at));
        const { bytesRead } = await file.read(piece, 0, piece.length, at);
        if (bytesRead === 0) throw new Error(`Cannot send the file: it ends at ${at}, wanted ${end}`);
        at += bytesRead;
        await sink.write(piece.subarray(0, bytesRead));
      }
    },
  };
}
