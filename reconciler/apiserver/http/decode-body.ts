import { parseDocument, type Document } from "yaml";

import { badRequest, unsupportedMediaType } from "../errors/request-errors.ts";
import { parseStrictJson, type StrictJson } from "../json/strict-json.ts";
import { decodeProtobuf } from "../protobuf/decode-protobuf.ts";
import { readMediaType } from "./negotiate.ts";

const ACCEPTED = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];

/** Reads a body by its media type; without one it is JSON, as kubectl's scale sends it. Throws 400 and 415. */
export function decodeBody(contentType: string | undefined, body: Buffer): StrictJson {
  const { type } = readMediaType(contentType ?? "application/json");
  switch (type) {
    case "application/json":
      return parseStrictJson(textOf(body));
    case "application/yaml":
      return parseYaml(textOf(body));
    case "application/vnd.kubernetes.protobuf":
      return { value: decodeProtobuf(body), duplicates: [] };
    default:
      throw unsupportedMediaType(ACCEPTED);
  }
}

/** YAML 1.2; members given twice are reported as in JSON. Throws 400. */
export function parseYaml(text: string): StrictJson {
  const parsed = parseDocument(text);
  const fatal = parsed.errors.find(({ code }) => code !== "DUPLICATE_KEY");
  if (fatal) throw badRequest(`Cannot read YAML: ${readableMessage(fatal)}`);
  // Through JSON, so that what YAML alone can say (dates, maps with other keys, shared nodes) ends here.
  const { value } = parseStrictJson(toJson(parsed));
  return {
    value,
    duplicates: parsed.errors.map(({ pos: [start] }) => /^[^:\n]*/.exec(text.slice(start))?.[0] ?? ""),
  };
}

/** The parser goes down level by level, and what ends its way is the stack, not a limit of its own. */
function readableMessage({
  message,
  linePos,
}: Error & { readonly linePos?: readonly { line: number; col: number }[] | undefined }): string {
  if (!message.includes("call stack")) return message;
  const [at] = linePos ?? [];
  return `it is nested too deeply${at ? ` at line ${at.line}, column ${at.col}` : ""}`;
}

/** Throws 400 for aliases that multiply, lead back to themselves or nest too deep: each is in the body, not here. */
function toJson(parsed: Document.Parsed): string {
  try {
    return JSON.stringify(parsed.toJS({ maxAliasCount: 100 })) ?? "null";
  } catch (cause) {
    const known =
      cause instanceof ReferenceError || cause instanceof TypeError || cause instanceof RangeError;
    throw known ? badRequest(`Cannot read YAML: ${readableMessage(cause)}`) : cause;
  }
}

export function textOf(body: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (cause) {
    throw cause instanceof TypeError ? badRequest("Cannot read the body: it is not UTF-8") : cause;
  }
}
