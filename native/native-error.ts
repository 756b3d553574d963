import koffi from "koffi";

const names = new Map(Object.entries(koffi.os.errno).map(([name, number]) => [number, name]));
// Numbers with two names have the one of the man pages.
for (const name of ["EAGAIN", "EDEADLK", "EOPNOTSUPP"]) {
  const number = koffi.os.errno[name];
  if (number !== undefined) names.set(number, name);
}

/** A system call answered with an error. Never leaves `agent/host`, which turns it into a HostError. errno(3). */
export class NativeError extends Error {
  override readonly name = "NativeError";
  readonly errno: number;
  /** "EBUSY"; the number as text when it has no name. */
  readonly code: string;
  readonly syscall: string;
  constructor(syscall: string, errno: number, detail?: string) {
    const code = names.get(errno) ?? String(errno);
    super(`Cannot call "${syscall}": ${code}${detail ? ` (${detail})` : ""}`);
    this.syscall = syscall;
    this.errno = errno;
    this.code = code;
  }
}
