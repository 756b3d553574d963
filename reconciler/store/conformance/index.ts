import { describe } from "vitest";

import { commitCases } from "./commit-cases.ts";
import { compactionCases } from "./compaction-cases.ts";
import { crowdCases } from "./crowd-cases.ts";
import { Fixture, type StoreUnderTest } from "./fixture.ts";
import { modelCases } from "./model-cases.ts";
import { rangeCases } from "./range-cases.ts";
import { watchCases } from "./watch-cases.ts";

export type { StoreUnderTest } from "./fixture.ts";

/** Registers every promise of `Backend` as a test of one implementation. Stores may hold keys of others; only new ones are touched. */
export function describeBackend(store: StoreUnderTest): void {
  describe(`Backend ${store.name}`, () => {
    const fixture = new Fixture(store);
    commitCases(fixture);
    rangeCases(fixture);
    compactionCases(fixture);
    watchCases(fixture);
    crowdCases(fixture);
    modelCases(fixture);
    fixture.finish();
  });
}
