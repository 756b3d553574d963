import type { TLSSocket } from "node:tls";

import { authenticated, type Identity } from "./identity.ts";
import type { TokenFile } from "./token-file.ts";

/** What a connection and its headers prove. */
export interface Credentials {
  readonly authorization: string | undefined;
  /** Absent on the Unix socket. */
  readonly socket: Pick<TLSSocket, "authorized" | "getPeerCertificate"> | undefined;
}

/** Who it is; undefined when nobody is named or what is presented does not hold. A bad token never falls back to a certificate. */
export function authenticate(
  tokens: TokenFile,
  { authorization, socket }: Credentials,
): Identity | undefined {
  if (authorization !== undefined) {
    const [, token] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
    return token === undefined ? undefined : tokens.identify(token);
  }
  if (!socket?.authorized) return undefined;
  // Node types one organization as string; several arrive as an array.
  const subject: { CN?: string | string[]; O?: string | string[] } | undefined =
    socket.getPeerCertificate().subject;
  const user = [subject?.CN ?? []].flat()[0];
  return user === undefined || user === "" ? undefined : authenticated(user, [subject?.O ?? []].flat());
}
