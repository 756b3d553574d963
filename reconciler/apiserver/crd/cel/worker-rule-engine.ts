import { Worker } from "node:worker_threads";

import type { Problem, Resource } from "@freehold/apis";
import type { OnApplicationShutdown } from "@nestjs/common";

import type { RuleEngine } from "../rule-engine.ts";
import type { Schema } from "../structural-schema.ts";
import { invalidValue } from "../value-problems.ts";
import type { RuleReply, RuleRequest } from "./rule-messages.ts";
import { brokenRuleProblem } from "./rule-problems.ts";

/** How long one object's rules may take. */
const DEADLINE_MS = 1000;
/** How long the rules of one schema may take to compile: it is done once, and perhaps on a busy machine. */
const COMPILE_MS = 10_000;
/** A thread nobody needs is memory nobody has. */
const IDLE_MS = 60_000;
const MEMORY_MB = 128;

const OUT_OF_BUDGET =
  "validation failed due to running out of cost budget, no further validation rules will be run";

/**
 * Runs rules in a thread of their own, one object at a time. The thread is ended when it takes too long or too much, so that no rule can
 * hold up the server; and when nobody has asked for a minute.
 */
export class WorkerRuleEngine implements RuleEngine, OnApplicationShutdown {
  readonly #deadlineMs: number;
  readonly #ids = new WeakMap<Schema, number>();
  #lastId = 0;
  #known = new Set<number>();
  #worker: Worker | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;

  constructor(deadlineMs = DEADLINE_MS) {
    this.#deadlineMs = deadlineMs;
  }

  async compile(schema: Schema, path: string): Promise<readonly Problem[]> {
    const reply = await this.#inTurn(() => this.#ask({ type: "compile", schema, path }, COMPILE_MS));
    if (reply?.type !== "compiled") return [invalidValue(path, "", "its rules take too long to compile")];
    return reply.faults.map((fault) => invalidValue(fault.path, fault.found, fault.why));
  }

  async check(schema: Schema, next: Resource, old: Resource | undefined): Promise<readonly Problem[]> {
    const id = this.#idOf(schema);
    const reply = await this.#inTurn(async () => {
      if (!this.#known.has(id)) {
        const learnt = await this.#ask({ type: "learn", id, schema }, COMPILE_MS);
        if (learnt?.type !== "learnt") return undefined;
        this.#known.add(id);
      }
      return this.#ask({ type: "check", id, value: next, old }, this.#deadlineMs);
    });
    if (reply?.type === "checked") return reply.broken.map(brokenRuleProblem);
    return [
      { path: "<nil>", reason: "FieldValueInvalid", message: `Invalid value: "object": ${OUT_OF_BUDGET}` },
    ];
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#turn;
    await this.#end();
  }

  #idOf(schema: Schema): number {
    const known = this.#ids.get(schema);
    if (known !== undefined) return known;
    this.#ids.set(schema, (this.#lastId += 1));
    return this.#lastId;
  }

  /** One at a time; meanwhile the thread is not idle, and remembers what it has learnt. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(() => {
      clearTimeout(this.#idle);
      return work();
    });
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** Undefined when there was no answer in time, or the thread broke down over it. */
  async #ask(request: RuleRequest, deadlineMs: number): Promise<RuleReply | undefined> {
    const worker = await this.#start();
    const reply = nextReply(worker, deadlineMs);
    worker.postMessage(request);
    const found = await reply;
    clearTimeout(this.#idle);
    if (!found) await this.#end();
    else this.#idle = setTimeout(() => void this.#end(), IDLE_MS).unref();
    return found;
  }

  async #start(): Promise<Worker> {
    if (this.#worker) return this.#worker;
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const worker = new Worker(new URL(`./rule-worker.${extension}`, import.meta.url), {
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    worker.unref();
    let broken: unknown;
    // Errors end whatever waits for a reply; none may come as an unhandled one when nothing does.
    worker.on("error", (error) => (broken = error));
    this.#worker = worker;
    if (await nextReply(worker)) return worker;
    await this.#end();
    throw new Error("Cannot start the thread of validation rules", { cause: broken });
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#known = new Set();
    await worker?.terminate();
  }
}

/** The next thing a thread says; undefined when it ends, breaks or lets the time pass. */
function nextReply(worker: Worker, deadlineMs?: number): Promise<RuleReply | undefined> {
  return new Promise((resolve) => {
    const done = (reply?: RuleReply): void => {
      clearTimeout(timer);
      worker.off("message", done);
      worker.off("error", fail);
      worker.off("exit", fail);
      resolve(reply);
    };
    const fail = (): void => done();
    const timer = deadlineMs === undefined ? undefined : setTimeout(fail, deadlineMs);
    worker.on("message", done);
    worker.on("error", fail);
    worker.on("exit", fail);
  });
}
