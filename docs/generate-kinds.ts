import { writeFileSync } from "node:fs";

import { builtInKinds } from "@freehold/apis";

import { describeKinds } from "./describe-kinds.ts";

// With --print nothing is written: a test compares what is there with what should be.
if (process.argv.includes("--print")) process.stdout.write(describeKinds(builtInKinds));
else writeFileSync(new URL("kinds.md", import.meta.url), describeKinds(builtInKinds));
