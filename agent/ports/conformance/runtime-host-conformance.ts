import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { RuntimeHost } from "../index.ts";
import { type ConformanceSetup, type CreateSetup, newCancellation } from "./conformance-setup.ts";

export function runtimeHostConformance(name: string, createSetup: CreateSetup): void {
  describe(`RuntimeHost of ${name}`, () => {
    let setup: ConformanceSetup;
    let host: RuntimeHost;
    let folder: string;
    beforeEach(async () => {
      setup = await createSetup();
      host = setup.host.runtime;
      folder = setup.folder;
    });
    afterEach(() => setup[Symbol.asyncDispose]());

    const live = newCancellation();
    const runRuntime = async (
      stack: AsyncDisposableStack,
      ...runtime: Parameters<ConformanceSetup["runRuntime"]>
    ): Promise<void> => {
      stack.use(await setup.runRuntime(...runtime));
    };

    it("call() answers what the runtime answers, and its error as failed", async () => {
      await using stack = new AsyncDisposableStack();
      await runRuntime(stack, folder, async (method, params) => {
        if (method === "bad") throw new Error("no such thing");
        return { method, params };
      });
      expect(await host.call(folder, "init", { kind: "install" }, live)).toEqual({
        method: "init",
        params: { kind: "install" },
      });
      const bad = host.call(folder, "bad", null, live);
      await expect(bad).rejects.toMatchObject({ code: "failed" });
      await expect(bad).rejects.toThrow("no such thing");
    });

    it("call() and notify() fail with missing, and listening() is false, when nobody listens", async () => {
      expect(await host.listening(folder)).toBe(false);
      await expect(host.call(folder, "init", null, live)).rejects.toMatchObject({ code: "missing" });
      await expect(host.notify(folder, "callback", null)).rejects.toMatchObject({ code: "missing" });
      await using stack = new AsyncDisposableStack();
      await runRuntime(stack, folder, async () => null);
      expect(await host.listening(folder)).toBe(true);
    });

    it("notify() reaches the runtime", async () => {
      const { promise: told, resolve } = Promise.withResolvers<unknown>();
      await using stack = new AsyncDisposableStack();
      await runRuntime(stack, folder, async (_, params) => {
        resolve(params);
        return null;
      });
      await host.notify(folder, "callback", { id: 7 });
      expect(await told).toEqual({ id: 7 });
    });

    it("serve() answers effects and errors until it is disposed", async () => {
      const serving = await host.serve(folder, 0, async (method, params) => {
        if (method === "bad") throw new Error("not allowed");
        return { method, params };
      });
      const calls = [1, 2, 3].map((number) => setup.callEffect(folder, "getStatus", { number }));
      expect(await Promise.all(calls)).toEqual(
        [1, 2, 3].map((number) => ({ method: "getStatus", params: { number } })),
      );
      await expect(setup.callEffect(folder, "bad", {})).rejects.toThrow("not allowed");
      await serving[Symbol.asyncDispose]();
      await expect(setup.callEffect(folder, "getStatus", {})).rejects.toThrow();
    });
  });
}
