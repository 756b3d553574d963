import type { ArchiveOrigin } from "@freehold/agent-ports";
import { type Client, isApiError } from "@freehold/client";

/** The server's uploads, from which an agent fetches. Throws ApiError. */
export function uploadedArchives({ transport }: Client): ArchiveOrigin {
  return {
    sizeOf: async (rootHash) => {
      try {
        const found = await transport.json({ method: "GET", path: `/uploads/archives/${rootHash}` });
        const { state, size } = Object(found) as { readonly state?: unknown; readonly size?: unknown };
        return state === "Verified" && typeof size === "number" ? size : undefined;
      } catch (error) {
        if (isApiError(error, "NotFound")) return undefined;
        throw error;
      }
    },
    read: async function* read(rootHash, offset, cancellation) {
      using stop = signalOf(cancellation);
      const path = `/uploads/archives/${rootHash}/content`;
      yield* transport.bytes({ method: "GET", path, from: offset, signal: stop.signal });
    },
  };
}

function signalOf(
  cancellation: Parameters<ArchiveOrigin["read"]>[2],
): Disposable & { readonly signal: AbortSignal } {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  cancellation.addEventListener("abort", abort);
  if (cancellation.aborted) abort();
  return {
    signal: stop.signal,
    [Symbol.dispose]: () => cancellation.removeEventListener("abort", abort),
  };
}
