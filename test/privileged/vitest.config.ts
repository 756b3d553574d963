import { defineConfig } from "vitest/config";

const conditions = ["@freehold/source"];

/** Tests that mount, make namespaces or start containers: as root, below `unshare -m -n --propagation private`. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["test/privileged/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
