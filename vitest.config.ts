import { defineConfig } from "vitest/config";

const conditions = ["@freehold/source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", "test/privileged/**", "test/e2e/**"],
    testTimeout: 20_000,
    // As in Node: what a CommonJS package exports as default is not unwrapped.
    deps: { interopDefault: false },
  },
});
