import { ApiError } from "../errors/api-error.ts";

/** Answers by then, with 504 if nothing else: a client must not wait for ever, and holds its place meanwhile. */
export async function withinDeadline<T>(
  work: Promise<T>,
  deadlineMs: number,
  schedule: (done: () => void, delayMs: number) => NodeJS.Timeout = setTimeout,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = schedule(() => {
      const message = "Timeout: request did not complete within the allotted timeout";
      reject(new ApiError(504, "Timeout", message, { details: { retryAfterSeconds: 1 } }));
    }, deadlineMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
