import { defineConfig } from "vitest/config";

const conditions = ["@freehold/source"];

/** Whole servers on this machine: one after the other, each in namespaces of its own. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["test/e2e/**/*.test.ts"],
    fileParallelism: false,
    pool: "forks",
    testTimeout: 600_000,
    hookTimeout: 120_000,
    deps: { interopDefault: false },
  },
});
