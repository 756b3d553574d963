import { defineConfig } from "vitest/config";

const conditions = ["@freehold/source"];

/** For run.sh only. One file after the other: they share a network namespace and two cores. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["test/privileged/**/*.test.ts"],
    fileParallelism: false,
    pool: "forks",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // As in Node: what a CommonJS package exports as default is not unwrapped.
    deps: { interopDefault: false },
  },
});
