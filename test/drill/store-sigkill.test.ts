import { expect, test } from "vitest";

import { drillSigkill } from "./store-sigkill.ts";

test("EmbeddedBackend loses and tears nothing it acknowledged when its process is killed 20 times", async () => {
  const report = await drillSigkill(20);
  expect(report).toMatchObject({ kills: 20, lost: 0, torn: 0, backwards: 0 });
  expect(report.acknowledged).toBeGreaterThan(100);
}, 60_000);
