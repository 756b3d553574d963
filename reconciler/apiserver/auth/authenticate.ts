import type { TLSSocket } from "node:tls";

import { authenticated, type Identity } from "./identity.ts";

/** What a connection and its headers prove. */
export interface Credentials {
  readonly authorization: string | undefined;
  /** Absent on the Unix socket. */
  /** What a browser's cookie proves; undefined without one. */
  readonly session: Promise<Identity | "invalid"> | undefined;
  readonly socket: Pick<TLSSocket, "authorized" | "getPeerCertificate"> | undefined;
}

/** Tells whose a bearer token is; undefined when it is nobody's. */
export type IdentifyToken = (token: string) => Promise<Identity | undefined>;

/**
 * Who it is; "nobody" when nothing is presented, and "invalid" when what is presented does not hold: that is never taken for nobody,
 * and a bad token never falls back to a certificate.
 */
export async function authenticate(
  identifyToken: IdentifyToken,
  { authorization, session, socket }: Credentials,
): Promise<Identity | "nobody" | "invalid"> {
  if (authorization !== undefined) {
    const [, token] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
    return (token === undefined ? undefined : await identifyToken(token)) ?? "invalid";
  }
  if (session !== undefined) return session;
  return socket ? byCertificate(socket) : "nobody";
}

function byCertificate(socket: NonNullable<Credentials["socket"]>): Identity | "nobody" | "invalid" {
  // Node types one organization as string; several arrive as an array.
  const subject: { CN?: string | string[]; O?: string | string[] } | undefined =
    socket.getPeerCertificate()?.subject;
  if (!subject) return "nobody";
  if (!socket.authorized) return "invalid";
  const user = [subject.CN ?? []].flat()[0];
  return user === undefined || user === "" ? "invalid" : authenticated(user, [subject.O ?? []].flat());
}
