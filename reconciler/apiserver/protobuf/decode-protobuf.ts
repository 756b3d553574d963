import { badRequest, unsupportedMediaType } from "../errors/request-errors.ts";
import type { JsonObject } from "../json/json-object.ts";
import { deleteOptions, type FieldType, type Message, messages } from "./messages.ts";
import { readFields } from "./wire.ts";

/** `k8s\0`, before every protobuf body of Kubernetes. */
const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0x00]);
const TYPE_META: Message = { 1: ["apiVersion", "string"], 2: ["kind", "string"] };

/**
 * A Kubernetes protobuf body as the JSON it stands for. client-go from 0.32 on sends its built-in kinds this way and does
 * not fall back. Throws 400, and 415 for a kind not known here.
 */
export function decodeProtobuf(body: Buffer): JsonObject {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw badRequest("Cannot read protobuf: the body does not begin with Kubernetes' four bytes");
  }
  let typeMeta: JsonObject = {};
  let raw: Uint8Array = new Uint8Array();
  // runtime.Unknown: typeMeta = 1, raw = 2.
  for (const { number, value } of readFields(body.subarray(MAGIC.length))) {
    if (number === 1) typeMeta = decodeMessage(TYPE_META, bytesOf(value));
    if (number === 2) raw = bytesOf(value);
  }
  const name = `${String(typeMeta["apiVersion"])} ${String(typeMeta["kind"])}`;
  const message = name.endsWith(" DeleteOptions")
    ? deleteOptions
    : Object.hasOwn(messages, name)
      ? messages[name]
      : undefined;
  if (!message) throw unsupportedMediaType(["application/json", "application/yaml"]);
  return { ...typeMeta, ...decodeMessage(message, raw) };
}

function decodeMessage(message: Message, bytes: Uint8Array): JsonObject {
  const members = new Map<string, unknown>();
  for (const { number, value } of readFields(bytes)) {
    const field = message[number];
    if (!field) continue;
    const [name, type] = field;
    const decoded = decodeField(type, value, members.get(name));
    // Go writes what JSON leaves out: empty texts and unset times.
    if (decoded !== "" && decoded !== undefined) members.set(name, decoded);
  }
  return Object.fromEntries(members);
}

/** `before` is what earlier fields of the same number made: repeated fields and maps come one by one. */
function decodeField(type: FieldType, value: number | Uint8Array, before: unknown): unknown {
  if (typeof type === "object") {
    if ("message" in type) return decodeMessage(type.message, bytesOf(value));
    return [...listOf(before), decodeMessage(type.messages, bytesOf(value))];
  }
  switch (type) {
    case "string":
      return textOf(value);
    case "integer":
      return numberOf(value);
    case "boolean":
      return numberOf(value) !== 0;
    case "time":
      return timeOf(bytesOf(value));
    case "strings":
      return [...listOf(before), textOf(value)];
    case "textMap":
      return withEntry(before, bytesOf(value), textOf);
    case "bytesMap":
      return withEntry(before, bytesOf(value), (bytes) => Buffer.from(bytesOf(bytes)).toString("base64"));
  }
}

/** A map entry is a message: key = 1, value = 2, either absent when empty. */
function withEntry(before: unknown, bytes: Uint8Array, read: (value: number | Uint8Array) => string): object {
  let key = "";
  let text = "";
  for (const { number, value } of readFields(bytes)) {
    if (number === 1) key = textOf(value);
    if (number === 2) text = read(value);
  }
  return Object.fromEntries([...Object.entries(before ?? {}), [key, text]]);
}

/** Undefined for the zero time, which is empty. */
function timeOf(bytes: Uint8Array): string | undefined {
  let seconds: number | undefined;
  let nanos = 0;
  for (const { number, value } of readFields(bytes)) {
    if (number === 1) seconds = numberOf(value);
    if (number === 2) nanos = numberOf(value);
  }
  if (seconds === undefined) return undefined;
  const whole = new Date(seconds * 1000).toISOString().slice(0, -5);
  return nanos === 0 ? `${whole}Z` : `${whole}.${String(Math.floor(nanos / 1000)).padStart(6, "0")}Z`;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function bytesOf(value: number | Uint8Array): Uint8Array {
  if (typeof value === "number") throw badRequest("Cannot read protobuf: found a number, wanted bytes");
  return value;
}

function numberOf(value: number | Uint8Array): number {
  if (typeof value !== "number") throw badRequest("Cannot read protobuf: found bytes, wanted a number");
  return value;
}

function textOf(value: number | Uint8Array): string {
  return Buffer.from(bytesOf(value)).toString("utf8");
}
