import { defineConfig } from "vitest/config";

const conditions = ["@freehold/source"];

/** What `npm run ok` leaves to `npm test`: tests that start other programs or whole servers, and drills of the disk. */
const slow = [
  "test/interop/**",
  "test/cli/**",
  "test/conformance/**",
  "test/drill/**",
  "sdk/s9pk/foreign-reader.test.ts",
  "image/bundle.test.ts",
  "image/daemon/run-elected.test.ts",
  "reconciler/apiserver/server/**",
  "reconciler/apiserver/uploads/answer-upload.test.ts",
  "reconciler/apiserver/http/refuse-early.test.ts",
  "reconciler/apiserver/auth/rbac/live-roles.test.ts",
  "reconciler/store/embedded/life.test.ts",
  "reconciler/store/embedded/damage.test.ts",
];
const quick = process.env["FREEHOLD_TESTS"] === "quick";

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ["**/*.test.ts"],
    exclude: [
      "**/node_modules/**",
      "**/dist/**",
      "test/privileged/**",
      "test/e2e/**",
      ...(quick ? slow : []),
    ],
    testTimeout: 20_000,
    // As in Node: what a CommonJS package exports as default is not unwrapped.
    deps: { interopDefault: false },
  },
});
