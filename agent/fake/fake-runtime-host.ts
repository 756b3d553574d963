import { type Cancellation, type EffectHandler, HostError, type RuntimeHost } from "@freehold/agent-ports";

/** What a test puts in the place of a container's runtime. */
export type FakeRuntime = (method: string, params: unknown) => Promise<unknown>;

/** Both sockets in memory, by folder. */
export class FakeRuntimeHost implements RuntimeHost {
  readonly handlers = new Map<string, EffectHandler>();
  /** Runtimes that "listen". */
  readonly runtimes = new Map<string, FakeRuntime>();

  async serve(directory: string, _owner: number, handler: EffectHandler): Promise<AsyncDisposable> {
    this.handlers.set(directory, handler);
    return {
      [Symbol.asyncDispose]: async () => {
        if (this.handlers.get(directory) === handler) this.handlers.delete(directory);
      },
    };
  }

  async call(
    directory: string,
    method: string,
    params: unknown,
    cancellation: Cancellation,
  ): Promise<unknown> {
    const runtime = this.#runtime(directory);
    if (cancellation.aborted) throw new HostError("interrupted", `Cannot call "${method}": cancelled`);
    try {
      return await runtime(method, params);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      throw new HostError("failed", `Cannot call "${method}": ${text}`, { cause: error });
    }
  }

  async listening(directory: string): Promise<boolean> {
    return this.runtimes.has(directory);
  }

  async notify(directory: string, method: string, params: unknown): Promise<void> {
    await this.#runtime(directory)(method, params);
  }

  /** An effect call from inside the container. */
  async effect(directory: string, method: string, params: unknown): Promise<unknown> {
    const handler = this.handlers.get(directory);
    if (!handler) throw new HostError("missing", `Cannot call "${method}": nobody serves "${directory}"`);
    return handler(method, params);
  }

  #runtime(directory: string): FakeRuntime {
    const runtime = this.runtimes.get(directory);
    if (runtime) return runtime;
    throw new HostError("missing", `Cannot connect to "${directory}/service.sock": nobody listens`);
  }
}
