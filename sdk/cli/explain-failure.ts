import { CliError, type ExitCode, exitCodes } from "./cli-error.ts";

export interface Failure {
  readonly message: string;
  readonly next: string | undefined;
  readonly exitCode: ExitCode;
}

/** What to tell people of a failure, and what to end with. */
export async function explainFailure(error: unknown): Promise<Failure> {
  if (error instanceof CliError) {
    return { message: `error: ${error.message}`, next: error.next, exitCode: error.exitCode };
  }
  const { isApiError } = await import("@freehold/client");
  if (isApiError(error)) return explainApiError(error);
  if (error instanceof Error && (error.name === "ArchiveError" || "syscall" in error)) {
    return { message: `error: ${error.message}`, next: undefined, exitCode: exitCodes.failed };
  }
  // Anything else is our own mistake; its trace is what is needed to find it.
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    message: `error: unexpected failure: ${trace}`,
    next: "report this with the command",
    exitCode: exitCodes.failed,
  };
}

interface ApiFailure {
  readonly code: string;
  readonly httpStatus: number;
  readonly message: string;
  readonly status: { readonly reason?: string };
}

function explainApiError({ code, httpStatus, message, status }: ApiFailure): Failure {
  if (httpStatus === 0) {
    return {
      message: `error: ${message}`,
      next: "check that the server runs (npm start, or freehold up) and that --server or the kubeconfig names it",
      exitCode: exitCodes.unreachable,
    };
  }
  const said = `Error from server (${status.reason ?? httpStatus}): ${message}`;
  switch (code) {
    case "NotFound":
      return {
        message: said,
        next: "see what there is with: freehold get KIND -A",
        exitCode: exitCodes.notFound,
      };
    case "Unauthorized":
      return {
        message: said,
        next: "give a valid --token, or a kubeconfig of this server",
        exitCode: exitCodes.forbidden,
      };
    case "Forbidden":
      return {
        message: said,
        next: "ask an administrator for the permission, or use another --context",
        exitCode: exitCodes.forbidden,
      };
    case "Conflict":
      return {
        message: said,
        next: "somebody changed it meanwhile; run the command again",
        exitCode: exitCodes.failed,
      };
    case "Invalid":
      return {
        message: said,
        next: "correct the fields named; freehold explain KIND.FIELD tells what is wanted",
        exitCode: exitCodes.failed,
      };
    default:
      return { message: said, next: undefined, exitCode: exitCodes.failed };
  }
}
