import { expect, it } from "vitest";

import { rootRefusal } from "./needs-root.ts";

it.each(["up", "down", "agent"])("rootRefusal() refuses %s to everybody but root", (command) => {
  expect(rootRefusal(command, 0)).toBeUndefined();
  expect(rootRefusal(command, 1000)).toBe(
    `Cannot run "${command}": it needs root, found uid 1000; containers, mounts and packet rules are its work`,
  );
});

it("rootRefusal() lets anybody run the server", () => {
  expect(rootRefusal("server", 1000)).toBeUndefined();
});
