import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Server as NetServer, Socket } from "node:net";

import { ApiError } from "../errors/api-error.ts";

/** What Node's parser could not read, by its code (https://nodejs.org/api/errors.html and llhttp's). */
const BY_CODE: Readonly<Record<string, readonly [code: number, reason: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, "RequestHeaderFieldsTooLarge", "the headers are too long"],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, "RequestEntityTooLarge", "the chunk extensions are too long"],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "Timeout", "it did not come to an end in time"],
};

/** Gives those a Status too whose request never becomes one: Node answers them by itself, and without a body. */
export function refuseEarly(server: NetServer | Server): void {
  server.on("clientError", (error: Error, socket: Socket) => {
    // Nothing goes over a connection that was reset, and half an answer may be under way on it already.
    if (!socket.writable || Reflect.get(error, "code") === "ECONNRESET" || socket.bytesWritten > 0) {
      socket.destroy();
      return;
    }
    const known = BY_CODE[String(Reflect.get(error, "code"))];
    const [code, reason, found] = known ?? [400, "BadRequest", error.message];
    const body = bodyOf(new ApiError(code, reason, `Cannot read the request: ${found}`));
    socket.end(
      `HTTP/1.1 ${code} ${reason}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
        `Connection: close\r\n\r\n${body}`,
    );
  });
  server.on("checkExpectation", ({ headers }: IncomingMessage, response: ServerResponse) => {
    const message = `Cannot meet the expectation "${headers.expect ?? ""}": only 100-continue is known`;
    const body = bodyOf(new ApiError(417, "ExpectationFailed", message));
    response.writeHead(417, { "content-type": "application/json" }).end(body);
  });
}

function bodyOf(error: ApiError): string {
  return `${JSON.stringify(error.toStatus())}\n`;
}
