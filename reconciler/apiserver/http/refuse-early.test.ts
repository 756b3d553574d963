import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";

import { afterEach, beforeEach, expect, test } from "vitest";

import { type ServerFixture, serverFixture } from "../testing/server-fixture.ts";

let fixture: ServerFixture;
beforeEach(async () => {
  fixture = await serverFixture();
});
afterEach(() => fixture.close());

/** All that comes back for these bytes, until the server closes. */
function exchange(text: string, tls: boolean): Promise<string> {
  const { port, caCertificate: ca } = fixture.server;
  const socket = tls ? connectTls({ port, host: "127.0.0.1", ca }) : connect(fixture.socketPath);
  socket.write(text);
  return new Promise((resolve, reject) => {
    let said = "";
    socket.setEncoding("utf8").on("data", (piece: string) => (said += piece));
    socket.on("error", reject).on("close", () => resolve(said));
  });
}

const HOST = "Host: x\r\nConnection: close\r\n";

for (const tls of [false, true]) {
  test.each([
    ["GET / HTTP/9.9\r\n\r\n", 400, "BadRequest"],
    [`GET / HTTP/1.1\r\n${HOST}Content-Length: x\r\n\r\n`, 400, "BadRequest"],
    [`GET / HTTP/1.1\r\n${HOST}A: ${"x".repeat(20_000)}\r\n\r\n`, 431, "RequestHeaderFieldsTooLarge"],
    [`GET /version HTTP/1.1\r\n${HOST}Expect: a-miracle\r\n\r\n`, 417, "ExpectationFailed"],
  ])(`a request that is none gets a Status (TLS: ${tls}): %#`, async (text, code, reason) => {
    const [head = "", body = ""] = (await exchange(text, tls)).split("\r\n\r\n");
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${code} `));
    // With an unknown length Node sends chunks.
    expect(body).toContain(`"reason":"${reason}"`);
    expect(body).toContain('"kind":"Status"');
  });
}

test("an expectation over HTTP/2 gets a Status too", async () => {
  const { port, caCertificate: ca } = fixture.server;
  const session = connectHttp2(`https://127.0.0.1:${port}`, { ca });
  const stream = session.request({ ":path": "/version", expect: "a-miracle" });
  let body = "";
  for await (const piece of stream) body += String(piece);
  session.close();
  expect(JSON.parse(body)).toMatchObject({ kind: "Status", code: 417, reason: "ExpectationFailed" });
});
