import type { Cancellation, EffectHandler, RuntimeHost } from "@freehold/agent-ports";

import { attempt } from "../host-failure.ts";
import { callRuntime, isListening, notifyRuntime } from "./call-runtime.ts";
import { serveEffects } from "./effect-server.ts";

/** RuntimeHost by sockets in the folder that agent and container share. */
export class LinuxRuntimeHost implements RuntimeHost {
  async serve(directory: string, owner: number, handler: EffectHandler): Promise<AsyncDisposable> {
    return attempt("listen in", directory, () => serveEffects(directory, owner, handler));
  }

  async call(
    directory: string,
    method: string,
    params: unknown,
    cancellation: Cancellation,
  ): Promise<unknown> {
    return attempt("call the runtime in", directory, () =>
      callRuntime(directory, { method, params }, cancellation),
    );
  }

  async listening(directory: string): Promise<boolean> {
    return attempt("look for the runtime in", directory, () => isListening(directory));
  }

  async notify(directory: string, method: string, params: unknown): Promise<void> {
    await attempt("tell the runtime in", directory, () => notifyRuntime(directory, { method, params }));
  }
}
