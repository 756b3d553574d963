import { badRequest } from "../errors/request-errors.ts";
import { isObject } from "../json/json-object.ts";

/** Where a list in pages goes on. */
export interface ListPosition {
  /** The revision all pages are read at; -1 reads the newest, inconsistently. */
  readonly revision: number;
  /** First key to return, below the list's prefix. */
  readonly start: string;
}

/** Kubernetes' own form: base64url of `{"v":"meta.k8s.io/v1","rv":N,"start":"…"}`. */
export function writeContinueToken({ revision, start }: ListPosition): string {
  return Buffer.from(JSON.stringify({ v: "meta.k8s.io/v1", rv: revision, start })).toString("base64url");
}

/** Throws 400 for anything `writeContinueToken` did not write, such as a way out of the prefix. */
export function readContinueToken(token: string): ListPosition {
  const found = parse(token);
  if (!isObject(found)) throw badRequest("continue key is not valid: it is not a token of this server");
  const { v, rv, start } = found;
  if (
    v !== "meta.k8s.io/v1" ||
    typeof rv !== "number" ||
    !Number.isSafeInteger(rv) ||
    (rv < 1 && rv !== -1)
  ) {
    throw badRequest("continue key is not valid: incorrect encoded version or resourceVersion");
  }
  if (
    typeof start !== "string" ||
    start === "" ||
    !/^[^/]*(\/[^/]*)?$/.test(start) ||
    /(^|\/)\.\.?(\/|$)/.test(start)
  ) {
    throw badRequest("continue key is not valid: incorrect encoded start key");
  }
  return { revision: rv, start };
}

function parse(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
