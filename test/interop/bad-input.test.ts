import { readFileSync } from "node:fs";
import { request } from "node:https";
import { connect } from "node:tls";

import { type ClientConfig, readKubeconfig } from "@freehold/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { build, ServerRun } from "../cli/run-server.ts";
import { processes } from "../testing/server-under-test.ts";
import { type Attempt, PACKAGES, packageOf, wellSpec } from "./bad-input/attempt.ts";
import { badBodies } from "./bad-input/bodies.ts";
import { badPlaces } from "./bad-input/places.ts";
import { badWires } from "./bad-input/wires.ts";

let server: ServerRun;
let config: ClientConfig;

beforeAll(async () => {
  build();
  server = await ServerRun.start();
  config = readKubeconfig(server.kubeconfig);
  const target = packageOf(wellSpec, { name: "bad-target" });
  const made = await send({ name: "a target", path: PACKAGES, body: JSON.stringify(target) });
  expect(made.status).toBe(201);
}, 120_000);
afterAll(() => server.stop());

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** A server that answers before it has read a long body resets the connection, and the answer may be lost with it. */
async function send(attempt: Attempt, patience = 3): Promise<Answer> {
  try {
    return await sendOnce(attempt);
  } catch (error) {
    const isReset = error instanceof Error && ["ECONNRESET", "EPIPE"].includes(Reflect.get(error, "code"));
    if (!isReset || patience === 0) throw error;
    return send(attempt, patience - 1);
  }
}

/** Creates a Package unless the attempt says otherwise. */
function sendOnce({ method = "POST", path = PACKAGES, type, headers, body }: Attempt): Promise<Answer> {
  const url = new URL(config.server);
  // A token that is presented counts before the certificate would.
  const identity =
    headers?.["authorization"] === undefined ? { cert: config.certificate, key: config.key } : {};
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...identity,
        host: url.hostname,
        port: url.port,
        ca: config.ca,
        method,
        path,
        agent: false,
        headers: {
          ...(body !== undefined && { "content-type": type ?? "application/json" }),
          ...headers,
        },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
        response.once("end", () => resolve({ status: response.statusCode ?? 0, text }));
        response.once("error", reject);
      },
    );
    let early = false;
    sent.once("response", () => (early = true));
    // A server that has answered need not take the rest of a body that is too long.
    sent.on("error", (error) => (early ? undefined : reject(error)));
    sent.end(body);
  });
}

/** What came back until the server, or patience, ended the connection. */
function sendRaw(bytes: string): Promise<string> {
  const url = new URL(config.server);
  const { ca, certificate: cert, key } = config;
  return new Promise((resolve) => {
    const socket = connect({
      host: url.hostname,
      port: Number(url.port),
      ca,
      cert,
      key,
      ALPNProtocols: ["http/1.1"],
    });
    let text = "";
    const timer = setTimeout(() => socket.destroy(), 1500);
    socket.setEncoding("latin1").on("data", (piece: string) => (text += piece));
    socket.on("error", () => undefined);
    socket.once("close", () => {
      clearTimeout(timer);
      resolve(text);
    });
    socket.write(bytes, "latin1");
  });
}

function memoryOf(folder: string): number {
  const [found] = processes().filter(({ args }) => args.includes(` server --data ${folder} `));
  const [, kib = "0"] =
    /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${found?.pid ?? 0}/status`, "utf8")) ?? [];
  return Number(kib) / 1024;
}

const attempts = [...badBodies(), ...badPlaces()];

describe("a request that makes no sense", () => {
  it("is one of at least 200", () => {
    expect(attempts.length + badWires.length).toBeGreaterThanOrEqual(200);
  });

  it.each(attempts)("is refused: $name", async (attempt) => {
    const { status, text } = await send(attempt);
    expect(status, text).toBeGreaterThanOrEqual(400);
    expect(status, text).toBeLessThan(500);
    if (attempt.status !== undefined) expect(status).toBe(attempt.status);
    const said: unknown = JSON.parse(text);
    expect(said).toMatchObject({ kind: "Status", apiVersion: "v1", status: "Failure", code: status });
    expect(String(Reflect.get(Object(said), "message"))).not.toBe("");
  });

  it.each(badWires)("is refused on the wire: %s", async (_name, bytes) => {
    const text = await sendRaw(bytes);
    const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status));
    // One connection, at most one answer, and that no success: a second would be a smuggled request.
    expect(statuses.length).toBeLessThanOrEqual(1);
    for (const status of statuses) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }
  });

  it("left the server alive, unchanged, and not much larger", async () => {
    const list = await send({ name: "", method: "GET", path: PACKAGES });
    const items: unknown = Reflect.get(Object(JSON.parse(list.text)), "items");
    expect([list.status, Array.isArray(items) && items.length]).toEqual([200, 1]);
    expect(memoryOf(server.folder)).toBeLessThan(400);
    expect(Reflect.get({}, "isAdmin")).toBeUndefined();
  });
});
