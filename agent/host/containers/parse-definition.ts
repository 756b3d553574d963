import type { ContainerDefinition } from "@freehold/agent-ports";

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isWhole: Check = (value) => Number.isSafeInteger(value);
const isFlag: Check = (value) => typeof value === "boolean";
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const oneOf =
  (...values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
const shaped =
  (members: Readonly<Record<string, Check>>): Check =>
  (value) => {
    if (typeof value !== "object" || value === null) return false;
    return Object.entries(members).every(([name, check]) => check(Reflect.get(value, name)));
  };

const isBind = shaped({
  source: isText,
  target: isText,
  readOnly: isFlag,
  idMap: optional(shaped({ base: isWhole, count: isWhole })),
  recursive: optional(isFlag),
  propagation: oneOf(undefined, "shared", "slave", "private"),
});

const isDefinitionShape = shaped({
  name: isText,
  rootfs: isText,
  uidBase: isWhole,
  init: listOf(isText),
  environment: (value) => shaped({})(value) && Object.values(value ?? {}).every(isText),
  stopSignal: oneOf("SIGTERM", "SIGPWR", "SIGINT"),
  binds: listOf(isBind),
  network: shaped({
    bridge: isText,
    hostLink: isText,
    address: isText,
    gateway: isText,
    mac: isText,
  }),
  devices: listOf(isText),
  limits: shaped({ memoryBytes: optional(isWhole), cpuMillis: optional(isWhole), pids: optional(isWhole) }),
});

/** A definition as `create` wrote it; undefined when the text is damaged. */
export function parseDefinition(text: string): ContainerDefinition | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isDefinition(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isDefinition(value: unknown): value is ContainerDefinition {
  return isDefinitionShape(value);
}
