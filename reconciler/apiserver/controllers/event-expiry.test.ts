import { eventKind } from "@freehold/apis/core";
import { expect, test } from "vitest";

import { NOW, registryFixture } from "../testing/registry-fixture.ts";
import { EventExpiry } from "./event-expiry.ts";

test("EventExpiry.expire() deletes events last seen more than an hour ago", async () => {
  const { registry } = await registryFixture();
  const later = NOW + 3_700_000;
  const seen = (name: string, ago: number) =>
    registry.create(eventKind, "default", {
      metadata: { name },
      lastTimestamp: new Date(later - ago).toISOString(),
      eventTime: null,
    });
  await seen("old", 3_650_000);
  await seen("young", 60_000);
  await new EventExpiry({ registry, clock: () => later, log: () => undefined }).expire();
  expect((await registry.list(eventKind)).items.map(({ metadata }) => metadata.name)).toEqual(["young"]);
});
