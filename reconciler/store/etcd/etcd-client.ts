import { Etcd3, type IOptions } from "etcd3";

/** How long one request may take, in milliseconds; then its outcome is unknown. */
const DEADLINE_MS = 10_000;

/**
 * etcd3's own policies retry and then, with the circuit breaker, refuse work long after the server is back. A commit of unknown
 * outcome must not be repeated at all, so each request runs once and says what happened.
 */
const once = {
  execute: async (work: (context: { signal: AbortSignal }) => unknown) =>
    work({ signal: new AbortController().signal }),
  onSuccess: () => ({ dispose: () => undefined }),
  onFailure: () => ({ dispose: () => undefined }),
} as unknown as NonNullable<NonNullable<IOptions["faultHandling"]>["global"]>;

/** A connection to the server(s) at `http://host:port`, made at the first request. */
export function connect(hosts: readonly string[]): Etcd3 {
  return new Etcd3({
    hosts: [...hosts],
    grpcOptions: {
      // Lists and watch bursts are larger than gRPC's four megabytes.
      "grpc.max_receive_message_length": -1,
      "grpc.max_send_message_length": -1,
      // A connection that is dead without saying so is noticed within 15 s (etcd allows a ping each 5 s).
      "grpc.keepalive_time_ms": 10_000,
      "grpc.keepalive_timeout_ms": 5_000,
      "grpc.initial_reconnect_backoff_ms": 100,
      "grpc.max_reconnect_backoff_ms": 2_000,
    },
    faultHandling: { global: once, host: () => once },
    defaultCallOptions: ({ isStream }) => (isStream ? {} : { deadline: Date.now() + DEADLINE_MS }),
  });
}
