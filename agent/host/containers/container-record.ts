/** What the kernel cannot tell of a container, kept in a file. Everything else is read from proc and the cgroups. */
export interface ContainerRecord {
  /** What was being done last: an agent that finds "starting" or "stopping" finishes it. */
  readonly phase: "stopped" | "starting" | "running" | "stopping";
  readonly starts: number;
  /** Process of lxc-start; only a hint, checked by start time and command line. */
  readonly monitor?: { readonly pid: number; readonly startTicks: number };
  /** Of a stop that is under way. */
  readonly graceMs?: number;
  /** Mount points that lay below shared binds before the start, which a stop therefore leaves. */
  readonly mountsBefore: readonly string[];
  readonly lastExit?: { readonly at: string; readonly description: string };
}

export const newRecord: ContainerRecord = { phase: "stopped", starts: 0, mountsBefore: [] };

const phases: readonly string[] = ["stopped", "starting", "running", "stopping"];

/** Undefined when the file is damaged, which costs the count of starts and no more. */
export function parseRecord(text: string): ContainerRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isRecord(value: unknown): value is ContainerRecord {
  if (typeof value !== "object" || value === null) return false;
  const { phase, starts, mountsBefore }: Partial<Record<string, unknown>> = { ...value };
  return (
    typeof phase === "string" &&
    phases.includes(phase) &&
    typeof starts === "number" &&
    Array.isArray(mountsBefore)
  );
}
