import type { Effects, InitKind, PackageExports, Running } from "@freehold/sdk";

import { CallbackNumbers, EffectContext } from "../effects/effect-context.ts";
import { makeEffects } from "../effects/make-effects.ts";
import type { HostCall } from "../rpc/call-host.ts";

export interface ServiceOptions {
  readonly call: HostCall;
  readonly load: () => PackageExports;
}

/** A package's life between its first init and its exit; sections 5.4 and 5.8 of the package ABI. */
export class Service {
  readonly #options: ServiceOptions;
  readonly #root: EffectContext;
  #package: PackageExports | undefined;
  #initialising: Promise<void> | undefined;
  #starting: Promise<void> | undefined;
  #running: Running | undefined;

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.#root = new EffectContext(new CallbackNumbers(), (only) => {
      // The host drops them by itself when the container stops, so that a failure here only costs it memory.
      options.call("clear-callbacks", { only }).catch((error: unknown) => console.error(error));
    });
  }

  get isInitialised(): boolean {
    return this.#package !== undefined;
  }

  /** Loads the package and runs its init. Does nothing once that succeeded; can be tried again after a failure. */
  async init(id: string, kind: InitKind): Promise<void> {
    if (this.#package) return;
    this.#initialising ??= this.#init(id, kind).finally(() => {
      this.#initialising = undefined;
    });
    return this.#initialising;
  }

  async #init(id: string, kind: InitKind): Promise<void> {
    console.log("Initializing...");
    const loaded = this.#options.load();
    const effects = this.#effects(this.#root.child("init"), id);
    await loaded.init({ effects, kind });
    this.#package = loaded;
    console.log("Initialization complete.");
  }

  /** Runs main; resolves when its daemons are being started, not when they are healthy. */
  async start(): Promise<void> {
    const loaded = this.#initialised();
    if (this.#running) return;
    this.#starting ??= this.#start(loaded).finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  async #start(loaded: PackageExports): Promise<void> {
    const context = this.#root.find("main") ?? this.#root.child("main");
    const effects = this.#effects(context, undefined, () => {
      // Many watched values may change at once; one restart answers them all.
      const { constRetry } = effects;
      effects.constRetry = undefined;
      if (constRetry && effects.isInContext)
        effects.restart().catch((error: unknown) => console.error(error));
    });
    const main = await loaded.main({ effects });
    this.#running = await main.build();
  }

  /** Leaves main and ends its daemons, dependents first; resolves when the last is gone. */
  async stop(): Promise<void> {
    // A start that is under way would leave daemons behind if it were not waited for.
    await this.#starting?.catch(() => undefined);
    const running = this.#running;
    this.#running = undefined;
    this.#root.leaveChild("main");
    await running?.term();
  }

  async exit(id: string, target: string | null): Promise<void> {
    await this.stop();
    if (!this.#package) return;
    const effects = makeEffects({ call: this.#options.call, context: undefined, eventId: id });
    // Its parser is most of the runtime's code: loaded with the rest it would delay every start by a tenth.
    const { parseExitTarget } = await import("./exit-target.ts");
    await this.#package.uninit({ effects, target: parseExitTarget(target) });
  }

  async execute(id: string, procedure: string, input: Readonly<Record<string, unknown>>): Promise<unknown> {
    const loaded = this.#initialised();
    const effects = this.#effects(this.#root.child(procedure), id);
    const [, group, name, verb] = procedure.split("/");
    if (group === "backup" && name === "create") return loaded.createBackup({ effects });
    if (group !== "actions" || name === undefined) return null;
    const action = loaded.actions.get(name);
    if (!action) throw new Error(`Action ${name} not found`);
    if (verb === "getInput") return action.getInput({ effects, prefill: recordOrNull(input["prefill"]) });
    if (verb === "run") return action.run({ effects, input: recordOrNull(input["input"]) ?? {} });
    throw new Error(`Cannot execute "${procedure}": an action has getInput and run`);
  }

  /** Delivers a callback; unknown numbers are those already delivered. */
  callback(id: number): void {
    this.#root.call(id);
  }

  #initialised(): PackageExports {
    if (!this.#package) throw new Error("System not initialized");
    return this.#package;
  }

  #effects(context: EffectContext, eventId: string | undefined, constRetry?: () => void): Effects {
    return makeEffects({ call: this.#options.call, context, eventId, constRetry });
  }
}

function recordOrNull(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : null;
}
