import { badRequest } from "../errors/request-errors.ts";
import type { RawRequest } from "./write-reply.ts";

/** A sender that says nothing for this long is cut off. */
const SILENT_MS = 60_000;

/** A body's pieces as they come, and no sooner than they are wanted. Throws when the connection breaks, or is cut by the signal. */
export async function* openBody(request: RawRequest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const cut = (): void => void request.destroy(new Error("cut off", { cause: signal.reason }));
  const timer = setTimeout(cut, SILENT_MS);
  signal.addEventListener("abort", cut, { once: true });
  if (signal.aborted) cut();
  try {
    // Leaving a plain loop over it would destroy the request, and the client would never read why.
    const pieces: AsyncIterable<Uint8Array> = request.iterator({ destroyOnReturn: false });
    for await (const piece of pieces) {
      timer.refresh();
      yield piece;
    }
  } catch (cause) {
    throw badRequest("Cannot read the body: the connection broke off", cause);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", cut);
  }
}
