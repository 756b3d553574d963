import { beforeAll, expect, it } from "vitest";

import { build } from "../cli/run-server.ts";
import { watchDrill } from "./watch.ts";

beforeAll(build, 120_000);

it("a watch that is cut again and again loses nothing, and sees nothing twice", async () => {
  const report = await watchDrill(60);
  expect(report).toMatchObject({ lost: 0, doubled: 0, disordered: 0 });
  expect(report.seen).toBeGreaterThan(50);
}, 120_000);
