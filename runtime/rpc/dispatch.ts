import { runInThisContext } from "node:vm";

import type { Service } from "../service/service.ts";
import { isRecord } from "./call-host.ts";

/** An answer without its envelope; notifications have none. */
export type Answer =
  | { readonly result: unknown }
  | { readonly error: Readonly<Record<string, unknown>> }
  | undefined;

type Params = Readonly<Record<string, unknown>>;

/** Does what one request asks (section 5.4). Failures come back as the error shapes hosts know, never as exceptions. */
export async function dispatch(
  service: Service,
  request: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const { method } = request;
  const params = isRecord(request["params"]) ? request["params"] : {};
  if (typeof method !== "string") {
    return { error: { code: -32602, message: "invalid params", data: { details: JSON.stringify(request) } } };
  }
  switch (method) {
    case "init":
    case "start":
    case "stop":
    case "exit":
      return lifecycle(service, method, params);
    case "execute":
    case "sandbox":
      return execute(service, params);
    case "callback":
      if (typeof params["id"] === "number") service.callback(params["id"]);
      return undefined;
    case "eval":
      return evaluate(params);
    default:
      return { error: { code: -32601, message: "Method not found", data: { details: method } } };
  }
}

async function lifecycle(
  service: Service,
  method: "init" | "start" | "stop" | "exit",
  params: Params,
): Promise<Answer> {
  if (method === "start" && !service.isInitialised) return refused(new Error("System not initialized"));
  try {
    if (method === "init") await service.init(textOf(params, "id"), kindOf(params["kind"]));
    else if (method === "start") await service.start();
    else if (method === "stop") await service.stop();
    else await service.exit(textOf(params, "id"), params["target"] == null ? null : textOf(params, "target"));
    return { result: null };
  } catch (error) {
    console.error(`${method} failed:`, error);
    return { error: { code: 0, message: "object", data: { details: String(error), debug: stackOf(error) } } };
  }
}

async function execute(service: Service, params: Params): Promise<Answer> {
  if (!service.isInitialised) return refused(new Error("System not initialized"));
  const { timeout } = params;
  try {
    const input = isRecord(params["input"]) ? params["input"] : {};
    const work = service.execute(textOf(params, "id"), textOf(params, "procedure"), input);
    const result = typeof timeout === "number" ? await within(timeout, work) : await work;
    return { result: result ?? null };
  } catch (error) {
    if (isRecord(error) && "error" in error) {
      return { error: { code: error["code"] ?? 0, message: String(error["error"]) } };
    }
    return { error: { code: 0, message: String(error) } };
  }
}

function evaluate({ script }: Params): Answer {
  try {
    const result: unknown = runInThisContext(String(script));
    return { result: result ?? null };
  } catch (error) {
    return refused(error);
  }
}

/** Rejects after `timeoutMs`; the work itself cannot be stopped and goes on. */
async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Timed out after ${timeoutMs} ms`)), timeoutMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function refused(error: unknown): Answer {
  const details = error instanceof Error ? error.message : String(error);
  return { error: { message: typeof error, data: { details, debug: stackOf(error) }, code: 1 } };
}

function textOf(params: Params, name: string): string {
  const value = params[name];
  if (typeof value !== "string")
    throw new TypeError(`params.${name} is ${JSON.stringify(value)}, wanted text`);
  return value;
}

function kindOf(kind: unknown) {
  if (kind === "install" || kind === "update" || kind === "restore") return kind;
  if (kind === null || kind === undefined) return null;
  throw new TypeError(
    `params.kind is ${JSON.stringify(kind)}, wanted "install", "update", "restore" or null`,
  );
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? "") : "";
}
