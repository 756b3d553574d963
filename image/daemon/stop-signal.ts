/** Aborts on SIGTERM and SIGINT, and when a supervisor that holds our standard input is gone. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  if (process.env["FREEHOLD_SUPERVISED"] === "1") {
    process.stdin.on("end", () => stop.abort()).on("error", () => stop.abort());
    process.stdin.resume();
  }
  return stop.signal;
}

export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
