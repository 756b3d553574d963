export { exitCodes } from "./cli-error.ts";
export { runCli } from "./run-cli.ts";
