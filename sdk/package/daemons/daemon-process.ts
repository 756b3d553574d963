import type { DaemonDefinition } from "./daemon-definition.ts";

/** How a program ended; `code` null when by a signal. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A program that was started. */
export interface DaemonProcess {
  readonly ended: Promise<ProgramEnd>;
  /** SIGTERM, and SIGKILL after the time; resolves when it has ended and what it ran in is gone. */
  stop(timeoutMs: number): Promise<void>;
}

/** Starts a definition's program. Rejects when it cannot be started. */
export type StartProcess = (definition: DaemonDefinition) => Promise<DaemonProcess>;

/** Whether an end is what was asked for rather than a crash: exit 0, or SIGTERM and its shell form 143. */
export function isCleanEnd({ code, signal }: ProgramEnd): boolean {
  return code === 0 || code === 143 || signal === "SIGTERM";
}

export function describeEnd({ code, signal }: ProgramEnd): string {
  return code === null ? `was ended by ${signal}` : `exited with ${code}`;
}
