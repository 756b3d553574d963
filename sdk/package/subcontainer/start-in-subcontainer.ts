import { once } from "node:events";

import type { Effects } from "../abi/effects.ts";
import type { ProgramEnd, StartProcess } from "../daemons/daemon-process.ts";
import { Subcontainer } from "./subcontainer.ts";

/** Starts each program in a subcontainer of its own, which goes with it. */
export function startInSubcontainer(effects: Effects): StartProcess {
  return async ({ program }) => {
    const subcontainer = await Subcontainer.create(effects, program.image, program.mounts);
    try {
      for (const [path, text] of Object.entries(program.files ?? {}))
        await subcontainer.writeFile(path, text);
      const child = await subcontainer.spawn(program.command, program);
      const ended = once(child, "exit").then(([code, signal]: unknown[]): ProgramEnd => {
        return {
          code: typeof code === "number" ? code : null,
          signal: typeof signal === "string" ? signal : null,
        };
      });
      const stop = async (timeoutMs: number) => {
        child.kill("SIGTERM");
        const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
        await ended;
        clearTimeout(timer);
        await subcontainer[Symbol.asyncDispose]();
      };
      let stopping: Promise<void> | undefined;
      return { ended, stop: (timeoutMs) => (stopping ??= stop(timeoutMs)) };
    } catch (error) {
      await subcontainer[Symbol.asyncDispose]();
      throw error;
    }
  };
}
