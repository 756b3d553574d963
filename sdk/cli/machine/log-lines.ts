/** When a line was written, in milliseconds since 1970; undefined when it does not say so at its beginning. */
export function timeOfLine(line: string): number | undefined {
  const found = /^\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[-+]\d\d:?\d\d)?)/.exec(line)?.[1];
  if (found === undefined) return undefined;
  const time = Date.parse(found.replace(",", ".").replace(" ", "T"));
  return Number.isNaN(time) ? undefined : time;
}

/** See native/log-lines: what stands before each line of a container's log. */
const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z /;

/** A line as the program wrote it. Logs of earlier times have no stamps. */
export function withoutStamp(line: string): string {
  return line.replace(STAMP, "");
}

/** Decides line by line what is not older than a moment. A line without a time is as old as the one before. */
export class SinceFilter {
  readonly #since: number;
  #isNewer = false;
  /** Whether any line told its time. */
  hasTimes = false;

  constructor(since: number) {
    this.#since = since;
  }

  passes(line: string): boolean {
    const time = timeOfLine(line);
    if (time !== undefined) {
      this.hasTimes = true;
      this.#isNewer = time >= this.#since;
    }
    return this.#isNewer;
  }
}
