import pino, { type Logger } from "pino";

/** JSON lines on standard error; standard output is for what programs wait for. */
export function createLog(component: string): Logger {
  return pino(
    { name: component, level: process.env["FREEHOLD_LOG"] ?? "info", base: { component } },
    pino.destination({ fd: 2, sync: true }),
  );
}
