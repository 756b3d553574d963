import { readFileSync } from "node:fs";
import { basename, join } from "node:path";

import { field, textOf } from "./json.ts";

/** Version of this package, from its package.json: beside the source, one level above what was built. */
export function clientVersion(): string {
  const here = import.meta.dirname;
  const file = join(here, basename(here) === "dist" ? ".." : ".", "package.json");
  return textOf(field(JSON.parse(readFileSync(file, "utf8")), "version")) ?? "unknown";
}
