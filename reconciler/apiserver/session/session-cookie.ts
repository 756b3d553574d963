import type { Headers } from "../auth/impersonate.ts";

/** The prefix makes browsers take it only over TLS, for this very host and all its paths (RFC 6265bis 4.1.3.2). */
const NAME = "__Host-freehold";
const SAME = "Path=/; Secure; HttpOnly; SameSite=Strict";

/** What a browser keeps: the session's name and the secret that proves it. */
export interface SessionSecret {
  readonly name: string;
  readonly secret: string;
}

export function setCookie({ name, secret }: SessionSecret, seconds: number): string {
  return `${NAME}=${name}.${secret}; ${SAME}; Max-Age=${seconds}`;
}

export function clearCookie(): string {
  return `${NAME}=; ${SAME}; Max-Age=0`;
}

/** The session a request is part of; "invalid" when the cookie is there but says nothing. */
export function readCookie(headers: Headers): SessionSecret | "invalid" | undefined {
  const values = [headers["cookie"] ?? []].flat().flatMap((line) => line.split(";"));
  const found = values.map((part) => part.trim()).filter((part) => part.startsWith(`${NAME}=`));
  if (found.length === 0) return undefined;
  // Two of one name are a trick of somebody who can set cookies.
  const [, name, secret] =
    (found.length === 1 && /^[^=]*=([a-z0-9]{1,63})\.([\w-]{43})$/.exec(found[0] ?? "")) || [];
  return name === undefined || secret === undefined ? "invalid" : { name, secret };
}

/**
 * Whether a request comes from our own pages: browsers name the page's origin with every request that changes something, and pages
 * cannot forge it. Reading without an origin is a link or an address typed in; the cookie is not even sent with others' links.
 */
export function isSameOrigin(headers: Headers, method: string): boolean {
  const origin = headers["origin"];
  const host = headers["host"] ?? headers[":authority"];
  if (typeof origin === "string") return typeof host === "string" && origin === `https://${host}`;
  if (method === "GET" || method === "HEAD") return headers["sec-fetch-site"] !== "cross-site";
  return headers["sec-fetch-site"] === "same-origin";
}
