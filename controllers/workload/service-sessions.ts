import type { ContainerState, EffectHandler, RuntimeHost } from "@freehold/agent-ports";
import { timestampOf } from "@freehold/engine";

/** What is known of the package's code in a container, for one start of the container. */
export interface SessionState {
  /** The effects socket is open. */
  readonly open: boolean;
  readonly initialised: boolean;
  readonly main: boolean;
  /** The package asked to be started anew. */
  readonly restart: boolean;
  readonly mainStartedAt?: string;
  readonly error?: string;
}

/** The package whose code calls: the identity its effects are made under. */
export interface Caller {
  readonly namespace: string;
  /** Name of the Package, and of its Container. */
  readonly name: string;
  /** The package's own id, from its manifest. */
  readonly packageId: string;
}

/** A container the sessions are told of. */
export interface SessionPlace {
  readonly name: string;
  /** Folder of the two sockets. */
  readonly rpc: string;
  /** Uid of the container's root on the host. */
  readonly owner: number;
  readonly caller: Caller;
}

interface Session {
  readonly place: SessionPlace;
  server: AsyncDisposable | undefined;
  start: number | undefined;
  initialised: boolean;
  mainStartedAt: string | undefined;
  error: string | undefined;
  restart: boolean;
  exits: number[];
  lastExit: string | undefined;
}

const CONNECT_MS = 30_000;
const CONNECT_EVERY_MS = 5;
/** Ends within this time count as a crash loop. */
const CRASH_WINDOW_MS = 600_000;

/**
 * Talks to the package's code in each container. What it remembers may be lost with the agent: `init` and `start` are no-ops in
 * the runtime once they succeeded, so a new agent simply says them again.
 */
export class ServiceSessions {
  readonly #runtime: RuntimeHost;
  readonly #effects: (caller: Caller) => EffectHandler;
  readonly #now: () => number;
  readonly #onStart: (name: string) => void;
  readonly #wakes = new Set<() => void>();
  readonly #sessions = new Map<string, Session>();

  constructor(parts: {
    readonly runtime: RuntimeHost;
    readonly effects: (caller: Caller) => EffectHandler;
    readonly now: () => number;
    /** A container began anew: what its former code waited for is void. */
    readonly onStart: (name: string) => void;
  }) {
    this.#runtime = parts.runtime;
    this.#effects = parts.effects;
    this.#now = parts.now;
    this.#onStart = parts.onStart;
  }

  /** Name of the container a package runs in, if its session is open. */
  containerOf(caller: Pick<Caller, "namespace" | "name">): string | undefined {
    for (const { place } of this.#sessions.values()) {
      if (place.caller.namespace === caller.namespace && place.caller.name === caller.name) return place.name;
    }
    return undefined;
  }

  /** Opens the effects socket of a container, before it starts; again and again does nothing. */
  async open(place: SessionPlace): Promise<void> {
    const session = this.#sessions.get(place.name) ?? this.#add(place);
    session.server ??= await this.#runtime.serve(place.rpc, place.owner, this.#effects(place.caller));
  }

  state(name: string, start: number | undefined): SessionState {
    const session = this.#sessions.get(name);
    const open = session?.server !== undefined;
    if (!session || start === undefined || session.start !== start) {
      return {
        open,
        initialised: false,
        main: false,
        restart: false,
        ...(session?.error !== undefined && { error: session.error }),
      };
    }
    const { initialised, mainStartedAt, error, restart } = session;
    return {
      open,
      initialised,
      main: mainStartedAt !== undefined,
      restart,
      ...(mainStartedAt !== undefined && { mainStartedAt }),
      ...(error !== undefined && { error }),
    };
  }

  /** How often the container ended by itself lately, as seen by this agent. */
  crashes(
    name: string,
    state: ContainerState | undefined,
    now: number,
  ): { recent: number; sinceLastMs: number } {
    const session = this.#sessions.get(name);
    if (!session) return { recent: 0, sinceLastMs: Number.POSITIVE_INFINITY };
    const at = state?.lastExit?.at;
    if (at !== undefined && at !== session.lastExit) {
      session.lastExit = at;
      session.exits.push(now);
    }
    session.exits = session.exits.filter((time) => now - time < CRASH_WINDOW_MS);
    return {
      recent: session.exits.length,
      sinceLastMs: now - (session.exits.at(-1) ?? Number.NEGATIVE_INFINITY),
    };
  }

  /** Runs the package's init. Throws HostError `failed` with the package's own words. */
  async init(
    name: string,
    how: { start: number; kind: "install" | "update" | null },
    signal: AbortSignal,
  ): Promise<void> {
    const session = this.#known(name);
    if (session.start !== how.start) {
      Object.assign(session, {
        start: how.start,
        initialised: false,
        mainStartedAt: undefined,
        restart: false,
      });
      this.#onStart(name);
    }
    await this.#connected(session, signal);
    await this.#tell(
      session,
      { method: "init", params: { id: `init-${how.start}`, kind: how.kind } },
      signal,
    );
    session.initialised = true;
  }

  async startMain(name: string, start: number, signal: AbortSignal): Promise<void> {
    const session = this.#known(name);
    await this.#tell(session, { method: "start", params: {} }, signal);
    if (session.start === start) session.mainStartedAt = timestampOf(this.#now());
  }

  async stopMain(name: string, signal: AbortSignal): Promise<void> {
    const session = this.#known(name);
    await this.#tell(session, { method: "stop", params: {} }, signal);
    // Here, not at the start: an agent that comes back tells a main that runs already to start, and it says its health but once.
    await this.#effects(session.place.caller)("set-main-status", { status: "stopped" });
    session.mainStartedAt = undefined;
    session.restart = false;
  }

  /** The package asks for its main to be started anew; the controller does it, after the effect was answered. */
  requestRestart(name: string): void {
    const session = this.#sessions.get(name);
    if (!session || session.mainStartedAt === undefined) return;
    session.restart = true;
    for (const wake of this.#wakes) wake();
  }

  /** "Look again" when a package asked for a restart. */
  async *changes(signal: AbortSignal): AsyncGenerator<void> {
    let pending = false;
    let resume: () => void = () => undefined;
    const wake = (): void => {
      pending = true;
      resume();
    };
    this.#wakes.add(wake);
    signal.addEventListener("abort", wake);
    try {
      while (!signal.aborted) {
        if (pending) {
          pending = false;
          yield;
        } else {
          await new Promise<void>((resolve) => (resume = resolve));
        }
      }
    } finally {
      this.#wakes.delete(wake);
    }
  }

  /** Stops the package's code for good; `target` is the version its data will be used by, null for none. */
  async exit(name: string, target: string | null, signal: AbortSignal): Promise<void> {
    const session = this.#known(name);
    session.mainStartedAt = undefined;
    session.initialised = false;
    await this.#tell(session, { method: "exit", params: { id: "exit", target } }, signal);
  }

  /** Calls any method of the runtime: actions, backups, callbacks. */
  async call(name: string, method: string, params: unknown, signal: AbortSignal): Promise<unknown> {
    return this.#runtime.call(this.#known(name).place.rpc, method, params, signal);
  }

  async notify(name: string, method: string, params: unknown): Promise<void> {
    const session = this.#sessions.get(name);
    if (session) await this.#runtime.notify(session.place.rpc, method, params);
  }

  async close(name: string): Promise<void> {
    const session = this.#sessions.get(name);
    this.#sessions.delete(name);
    await session?.server?.[Symbol.asyncDispose]();
  }

  /** Closes our sockets; the containers live on. */
  async closeAll(): Promise<void> {
    for (const name of this.#sessions.keys()) await this.close(name);
  }

  #add(place: SessionPlace): Session {
    const session: Session = {
      place,
      server: undefined,
      start: undefined,
      initialised: false,
      mainStartedAt: undefined,
      error: undefined,
      restart: false,
      exits: [],
      lastExit: undefined,
    };
    this.#sessions.set(place.name, session);
    return session;
  }

  #known(name: string): Session {
    const session = this.#sessions.get(name);
    if (!session) throw new Error(`Cannot talk to "${name}": its session was never opened`);
    return session;
  }

  async #tell(
    session: Session,
    request: { method: string; params: unknown },
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await this.#runtime.call(session.place.rpc, request.method, request.params, signal);
      session.error = undefined;
    } catch (error) {
      session.error = `${request.method}: ${error instanceof Error ? error.message : String(error)}`;
      throw error;
    }
  }

  /** The runtime listens a moment after its container began. */
  async #connected(session: Session, signal: AbortSignal): Promise<void> {
    const deadline = this.#now() + CONNECT_MS;
    while (!(await this.#runtime.listening(session.place.rpc))) {
      if (signal.aborted || this.#now() > deadline) {
        throw Object.assign(new Error("the runtime does not listen"), { code: "interrupted" });
      }
      await new Promise((resolve) => setTimeout(resolve, CONNECT_EVERY_MS));
    }
  }
}
