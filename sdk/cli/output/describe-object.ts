import type { Advice } from "../advice.ts";
import { field, type Fields, fieldsOf, isFields, numberOf, textOf } from "../json.ts";
import { conditionsOf } from "../waiting/condition.ts";
import { ageText } from "./amounts.ts";
import { coloured, colourOfWord } from "./colour.ts";
import { stepsText } from "./progress-text.ts";
import { alignRows, escapeControls } from "./table.ts";

export interface Described {
  readonly object: Fields;
  /** Oldest first. */
  readonly events: readonly Fields[];
  readonly reasons: Readonly<Record<string, Advice>>;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly colours: boolean;
}

const SKIPPED_META = new Set(["name", "namespace", "labels", "annotations", "managedFields", "uid"]);

/** An object for people: what it is, what is wished, what is, what its conditions mean, what happened. */
export function describeObject(described: Described): string {
  const { object } = described;
  const metadata = fieldsOf(object["metadata"]);
  const { apiVersion, kind, metadata: _, spec, status, ...others } = object;
  const { conditions: __, progress, ...restOfStatus } = fieldsOf(status);
  const facts = {
    Name: metadata["name"],
    ...(metadata["namespace"] !== undefined && { Namespace: metadata["namespace"] }),
    Kind: `${textOf(kind) ?? ""} (${textOf(apiVersion) ?? ""})`,
    Labels: metadata["labels"] ?? "<none>",
    Annotations: withoutNoise(fieldsOf(metadata["annotations"])),
    Metadata: Object.fromEntries(Object.entries(metadata).filter(([name]) => !SKIPPED_META.has(name))),
    ...titled(others),
    ...(spec !== undefined && { Spec: spec }),
    ...(Object.keys(restOfStatus).length > 0 && { Status: restOfStatus }),
  };
  const steps = stepsText(progress);
  return [
    membersText(facts, 0),
    steps === undefined ? "" : `Progress:  ${escapeControls(steps)}\n`,
    conditionsText(described),
    eventsText(described),
  ].join("");
}

/** What tools wrote for themselves, and what would repeat the spec. */
function withoutNoise(annotations: Fields): unknown {
  const shown = Object.entries(annotations).filter(([name]) => !name.startsWith("kubectl.kubernetes.io/"));
  return shown.length === 0 ? "<none>" : Object.fromEntries(shown);
}

function titled(members: Fields): Fields {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [titleOf(name), value]));
}

/** `memoryBytes` → `Memory Bytes`. Keys that are no field names, such as labels', stay as they are. */
function titleOf(name: string): string {
  if (!/^[a-z][A-Za-z0-9]*$/.test(name)) return name;
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function membersText(members: Fields, indent: number): string {
  const margin = " ".repeat(indent);
  const entries = Object.entries(members).filter(([, value]) => value !== undefined && value !== null);
  const label = (name: string): string => `${indent === 0 ? name : titleOf(name)}:`;
  const width =
    Math.max(0, ...entries.filter(([, value]) => !isOpen(value)).map(([name]) => label(name).length)) + 2;
  return entries
    .map(([name, value]) => {
      if (isOpen(value)) return `${margin}${escapeControls(label(name))}\n${openText(value, indent + 2)}`;
      return `${margin}${escapeControls(label(name)).padEnd(width)}${leafText(value, indent + width)}\n`;
    })
    .join("");
}

function isOpen(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : isFields(value) && Object.keys(value).length > 0;
}

function openText(value: unknown, indent: number): string {
  if (!Array.isArray(value)) return membersText(fieldsOf(value), indent);
  return value
    .map((item: unknown) => {
      if (!isOpen(item)) return `${" ".repeat(indent)}- ${leafText(item, indent + 2)}\n`;
      const inner = openText(item, indent + 2);
      return `${" ".repeat(indent)}- ${inner.trimStart()}`;
    })
    .join("");
}

function leafText(value: unknown, indent: number): string {
  if (Array.isArray(value)) return "[]";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text
    .split("\n")
    .map(escapeControls)
    .join(`\n${" ".repeat(indent)}`);
}

function conditionsText({ object, reasons, colours }: Described): string {
  const conditions = conditionsOf(object);
  if (conditions.length === 0) return "";
  const lines = conditions.map(({ type, status, reason, message, lastTransitionTime, isCurrent }) => {
    const advice = Object.hasOwn(reasons, reason) ? reasons[reason] : undefined;
    const colour = type === "Ready" ? colourOfWord(status) : undefined;
    const old = isCurrent ? "" : " (of a former generation)";
    const rest = [
      message === "" ? undefined : `Found:  ${escapeControls(message)}`,
      advice && `Means:  ${advice.text}`,
      advice && `Next:   ${advice.next}`,
    ].filter((line) => line !== undefined);
    const head = `  ${coloured(`${type}=${status}`, colour, colours)}  ${reason}${old}  since ${lastTransitionTime}\n`;
    return `${head}${rest.map((line) => `    ${line}\n`).join("")}`;
  });
  return `Conditions:\n${lines.join("")}`;
}

function eventsText({ events, now, colours }: Described): string {
  if (events.length === 0) return "Events:  <none>\n";
  const age = (value: unknown): string => {
    const time = Date.parse(textOf(value) ?? "");
    return Number.isNaN(time) ? "" : ageText((now - time) / 1000);
  };
  const rows = events.map((event) => {
    const count = numberOf(event["count"]) ?? 1;
    const times = count > 1 ? ` (x${count} over ${age(event["firstTimestamp"])})` : "";
    const type = textOf(event["type"]) ?? "";
    return [
      `  ${coloured(type, colourOfWord(type), colours)}`,
      escapeControls(textOf(event["reason"]) ?? ""),
      `${age(event["lastTimestamp"])}${times}`,
      escapeControls(textOf(field(event, "source", "component")) ?? ""),
      escapeControls((textOf(event["message"]) ?? "").replaceAll("\n", " ")),
    ];
  });
  return `Events:\n${alignRows([["  Type", "Reason", "Age", "From", "Message"], ...rows])}`;
}
