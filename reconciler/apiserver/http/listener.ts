import { chmod, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { createSecureServer } from "node:http2";
import type { AddressInfo, Server, Socket } from "node:net";

import type { PemPair } from "../auth/issue-certificate.ts";
import { ConnectionCap } from "../limits/connection-cap.ts";
import { refuseEarly } from "./refuse-early.ts";
import type { RawRequest, RawResponse } from "./write-reply.ts";

type Serve = (request: RawRequest, response: RawResponse) => void;

const MAX_STREAMS = 1000;
/** Connections of all, and of one address that is not this machine. */
const MAX_CONNECTIONS = 4000;
const MAX_OF_ADDRESS = 256;
/** Who has not come through the handshake by then is let go. */
const HANDSHAKE_MS = 10_000;
/** How long a stop waits for requests under way. */
const DRAIN_MS = 5000;

/** An open door. `stop` lets requests under way finish, for a while. */
export interface Listener {
  readonly port: number;
  stop(): Promise<void>;
}

/** One TLS port for HTTP/2 and HTTP/1.1. Client certificates are asked for, not demanded. */
export async function listenTls(
  at: { readonly host: string; readonly port: number },
  { certificate, key }: PemPair,
  caCertificate: string,
  serve: Serve,
): Promise<Listener> {
  const server = createSecureServer(
    {
      allowHTTP1: true,
      cert: certificate,
      key,
      ca: caCertificate,
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: "TLSv1.2",
      handshakeTimeout: HANDSHAKE_MS,
      settings: { maxConcurrentStreams: MAX_STREAMS },
    },
    serve,
  );
  // A session that fails ends by itself; without a listener its error would end the process.
  server.on("sessionError", () => undefined);
  refuseEarly(server);
  const sessions = new Set<{ close: () => void }>();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
  });
  const stop = closer(server, () => sessions.forEach((session) => session.close()));
  await listening(server, () => server.listen(at.port, at.host));
  return { port: portOf(server), stop };
}

/** The same on a Unix socket, in the clear: only this machine reaches it, and peers still name themselves by a token. */
export async function listenUnix(path: string, serve: Serve): Promise<Listener> {
  // A socket left by a process that was killed would refuse the address.
  await rm(path, { force: true });
  const server = createServer(serve);
  refuseEarly(server);
  const stop = closer(server, () => server.closeIdleConnections());
  await listening(server, () => server.listen(path));
  await chmod(path, 0o660);
  return { port: 0, stop };
}

function listening(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("listening", () => {
      server.off("error", reject);
      resolve();
    });
    listen();
  });
}

function closer(server: Server, askToLeave: () => void): () => Promise<void> {
  const sockets = new Set<Socket>();
  const perAddress = new ConnectionCap(MAX_OF_ADDRESS);
  server.maxConnections = MAX_CONNECTIONS;
  server.on("connection", (socket) => {
    const leave = perAddress.enter(socket.remoteAddress);
    if (!leave) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.on("close", () => {
      leave();
      sockets.delete(socket);
    });
  });
  return async () => {
    const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
    askToLeave();
    const timer = setTimeout(() => sockets.forEach((socket) => socket.destroy()), DRAIN_MS);
    await closed;
    clearTimeout(timer);
  };
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
