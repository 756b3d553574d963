import { describeBackend } from "../conformance/index.ts";
import { MemoryBackend } from "./memory-backend.ts";

describeBackend({
  name: "memory",
  open: async () => new MemoryBackend({ maxBacklog: 1_000 }),
  modelRuns: 200,
  maxBacklog: 1_000,
});
