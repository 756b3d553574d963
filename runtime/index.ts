export { Runtime } from "./runtime.ts";
export type { RuntimeOptions } from "./runtime.ts";
export { containerPaths } from "./runtime-paths.ts";
export type { RuntimePaths } from "./runtime-paths.ts";
