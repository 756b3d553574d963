import type { Cancellation } from "./cancellation.ts";

/** An effect call from inside a container; the answer or a thrown error goes back over the socket. */
export type EffectHandler = (method: string, params: unknown) => Promise<unknown>;

/** The two sockets between agent and a container's runtime: `host.sock` (ours) and `service.sock` (the runtime's). JSON lines. */
export interface RuntimeHost {
  /** Listens at `directory/host.sock` until disposed; the socket belongs to `owner`. Requests are bounded in size and number. */
  serve(directory: string, owner: number, handler: EffectHandler): Promise<AsyncDisposable>;
  /** Calls the runtime. Throws HostError `missing` when nobody listens, `failed` with the runtime's own error, `interrupted` when cancelled. */
  call(directory: string, method: string, params: unknown, cancellation: Cancellation): Promise<unknown>;
  /** Whether the runtime accepts connections on `service.sock`. */
  listening(directory: string): Promise<boolean>;
  /** Sends a notification (no answer). */
  notify(directory: string, method: string, params: unknown): Promise<void>;
}
