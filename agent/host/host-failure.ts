import { HostError, type HostErrorCode } from "@freehold/agent-ports";

const codes: Readonly<Record<string, HostErrorCode>> = {
  EACCES: "denied",
  EAGAIN: "interrupted",
  EBUSY: "busy",
  EDQUOT: "no-space",
  EEXIST: "exists",
  EINTR: "interrupted",
  EINVAL: "invalid",
  ELOOP: "invalid",
  ENAMETOOLONG: "invalid",
  ENODEV: "missing",
  ENOENT: "missing",
  ENOSPC: "no-space",
  ENOSYS: "unsupported",
  ENOTDIR: "invalid",
  ENOTEMPTY: "busy",
  EOPNOTSUPP: "unsupported",
  EPERM: "denied",
  EROFS: "denied",
  ESRCH: "missing",
  ETXTBSY: "busy",
  EXDEV: "invalid",
};

/** The name of the errno in an error of Node or of `native`: "ENOENT". */
export function errnoOf(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  return typeof code === "string" ? code : undefined;
}

/** Runs host work and turns whatever the machine answers into a HostError that says what was tried on what. */
export async function attempt<T>(action: string, object: string, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failureOf(action, object, error);
  }
}

function failureOf(action: string, object: string, error: unknown): Error {
  if (error instanceof HostError) return error;
  const errno = errnoOf(error);
  // No errno: not the machine's answer but a mistake of ours, which must keep its own face.
  if (errno === undefined) return error instanceof Error ? error : new Error(String(error));
  const text = error instanceof Error ? error.message : errno;
  return new HostError(codes[errno] ?? "failed", `Cannot ${action} "${object}": ${text}`, { cause: error });
}
