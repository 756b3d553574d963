import { connect } from "node:http2";

import { afterEach, beforeEach, expect, test } from "vitest";

import { type ServerFixture, serverFixture } from "../testing/server-fixture.ts";

const HASH = "ab".repeat(32);
const ONE = `/uploads/archives/${HASH}`;
let fixture: ServerFixture;

beforeEach(async () => {
  fixture = await serverFixture({ verifyArchive: async () => ({ rootHash: HASH }) });
});
afterEach(() => fixture.close());

const send = (method: string, path: string, body?: string) =>
  fixture.ask(path, { method, body, headers: { "content-type": "application/octet-stream" } });

async function upload(text: string): Promise<void> {
  await send("PUT", `${ONE}?size=${text.length}`);
  await send("PATCH", `${ONE}?offset=0`, text);
  await expect.poll(async () => (await send("GET", ONE)).json["state"]).toBe("Verified");
}

test("an upload goes in by PUT and PATCH, and comes out by GET with ranges, on both doors", async () => {
  expect(await send("PUT", `${ONE}?size=6`)).toMatchObject({ status: 200, json: { state: "Receiving" } });
  expect(await send("PATCH", `${ONE}?offset=0`, "abc")).toMatchObject({ json: { received: 3 } });
  expect(await send("PATCH", `${ONE}?offset=0`, "abc")).toMatchObject({
    status: 409,
    json: { kind: "Status", reason: "Conflict", message: expect.stringContaining("3 bytes are there") },
  });
  await send("PATCH", `${ONE}?offset=3`, "def");
  await expect.poll(async () => (await send("GET", ONE)).json["state"]).toBe("Verified");
  expect(await fixture.ask(`${ONE}/content`)).toMatchObject({ status: 200, text: "abcdef" });
  const part = await fixture.askSocket(`${ONE}/content`, { headers: { range: "bytes=4-" } });
  expect(part).toMatchObject({ status: 206, text: "ef", headers: { "content-range": "bytes 4-5/6" } });
  expect((await fixture.ask("/uploads/archives")).json).toMatchObject({ items: [{ rootHash: HASH }] });
  expect((await send("DELETE", ONE)).status).toBe(200);
  expect((await send("GET", `${ONE}/content`)).status).toBe(404);
});

test("a long body goes to disk piece by piece, and comes back the same", async () => {
  const text = "0123456789abcdef".repeat(512 * 1024);
  await upload(text);
  expect((await fixture.ask(`${ONE}/content`)).text === text).toBe(true);
  const head = await fixture.ask(`${ONE}/content`, { method: "HEAD" });
  expect(head).toMatchObject({ status: 200, text: "", headers: { "content-length": String(text.length) } });
});

test("HTTP/2 carries it as well", async () => {
  await send("PUT", `${ONE}?size=200000`);
  const { server, token } = fixture;
  const session = connect(`https://127.0.0.1:${server.port}`, { ca: server.caCertificate });
  const stream = session.request({
    ":method": "PATCH",
    ":path": `${ONE}?offset=0`,
    authorization: `Bearer ${token}`,
  });
  stream.end("x".repeat(200_000));
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  session.close();
  expect(JSON.parse(text)).toMatchObject({ received: 200_000 });
});

test("it is for those who may create packages", async () => {
  const own = await fixture.server.issueToken("system:package:default:web", ["system:packages"]);
  const agent = await fixture.server.issueToken("system:agent:m1", ["system:agents"]);
  await upload("abc");
  for (const path of ["/uploads/archives", ONE, `${ONE}/content`]) {
    expect((await fixture.ask(path, { token: "" })).status).toBe(401);
    expect(await fixture.ask(path, { token: own })).toMatchObject({
      status: 403,
      json: { message: expect.stringContaining('cannot create Packages in the namespace "default"') },
    });
    expect((await fixture.ask(path, { token: agent })).status).toBe(200);
  }
});

test.each([
  ["GET", `/uploads/archives/..%2f..%2ftokens.json`, 400],
  ["GET", `/uploads/archives/${HASH}/../../x`, 404],
  ["GET", `/uploads/archives/${HASH.toUpperCase()}`, 400],
  ["PUT", `${ONE}?size=-1`, 400],
  ["PUT", `${ONE}?size=1e9`, 400],
  ["PUT", ONE, 400],
  ["PATCH", `${ONE}?offset=0`, 404],
  ["POST", ONE, 405],
  ["DELETE", "/uploads/archives", 405],
  ["PUT", `${ONE}?size=${2 ** 40}`, 413],
])("%s %s is answered with %i", async (method, path, status) => {
  expect(await send(method, path)).toMatchObject({ status, json: { kind: "Status", code: status } });
});
