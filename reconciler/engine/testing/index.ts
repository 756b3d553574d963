export { FakeClock, turn } from "./fake-clock.ts";
export { MemoryStore } from "./memory-store.ts";
export { staleStore } from "./stale-store.ts";
export { statusProblems } from "./status-problems.ts";
export { lampKind } from "./toy.ts";
