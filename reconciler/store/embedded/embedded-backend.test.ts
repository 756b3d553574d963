import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll } from "vitest";

import { describeBackend } from "../conformance/index.ts";
import { EmbeddedBackend } from "./embedded-backend.ts";

const folder = mkdtempSync(join(tmpdir(), "freehold-store-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

describeBackend({
  name: "embedded",
  open: () => {
    files += 1;
    return EmbeddedBackend.open(join(folder, `${files}.db`), { maxBacklog: 1_000 });
  },
  modelRuns: 50,
  maxBacklog: 1_000,
});
