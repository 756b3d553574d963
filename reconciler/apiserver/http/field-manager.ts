import { invalidOptions } from "../errors/request-errors.ts";
import type { Call } from "./call.ts";

const MAX_LENGTH = 128;
const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;

/** Who writes: `fieldManager`, or else what the client's User-Agent begins with, as Kubernetes has it. Throws 422. */
export function fieldManagerOf(call: Call): string {
  return readFieldManager(call) ?? (nameOfAgent(call.request.header("user-agent") ?? "") || "unknown");
}

/** The `fieldManager` of the request, if it names one. Throws 422 when it is too long or cannot be printed. */
export function readFieldManager({ request }: Call): string | undefined {
  const name = request.query.get("fieldManager") ?? "";
  if (name === "") return undefined;
  const options = OPTIONS[request.method] ?? "UpdateOptions";
  if (Buffer.byteLength(name) > MAX_LENGTH) {
    const message = `Too long: may not be more than ${MAX_LENGTH} bytes`;
    throw invalidOptions(options, "fieldManager", "FieldValueTooLong", message);
  }
  if (name.search(UNPRINTABLE) >= 0) {
    const message = `Invalid value: ${JSON.stringify(name)}: should only contain printable characters`;
    throw invalidOptions(options, "fieldManager", "FieldValueInvalid", message);
  }
  return name;
}

const OPTIONS: Readonly<Record<string, string>> = { POST: "CreateOptions", PATCH: "PatchOptions" };

/** `kubectl/v1.33 (linux/amd64)` → `kubectl`. */
function nameOfAgent(agent: string): string {
  const [product = ""] = agent.split("/");
  return product.replaceAll(UNPRINTABLE, "").slice(0, MAX_LENGTH);
}
