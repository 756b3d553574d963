/** What `freehold` ends with; documented in docs/cli.md and in `freehold --help`. */
export const exitCodes = {
  ok: 0,
  /** It failed, or things differ. */
  failed: 1,
  usage: 2,
  notFound: 3,
  timedOut: 4,
  forbidden: 5,
  unreachable: 6,
  /** Ended with Ctrl-C; as shells count it, 128 + SIGINT. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A failure people can do something about: what was found, and what to do next. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exitCode: ExitCode;
  readonly next: string | undefined;

  constructor(
    message: string,
    options: { readonly exitCode?: ExitCode; readonly next?: string; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.exitCode = options.exitCode ?? exitCodes.failed;
    this.next = options.next;
  }
}

export function usageError(message: string, next?: string): CliError {
  return new CliError(message, { exitCode: exitCodes.usage, ...(next !== undefined && { next }) });
}
