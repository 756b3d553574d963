#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";

// Code is compiled once per user; the default place, below /tmp, is one that others may have made.
enableCompileCache(`${process.env["XDG_CACHE_HOME"] ?? `${homedir()}/.cache`}/freehold/compiled`);

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on("error", (error: Error & { code?: string }) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

const { runCli } = await import("./run-cli.ts");
process.exitCode = await runCli(process.argv.slice(2));
