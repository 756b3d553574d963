import { containerPaths } from "./runtime-paths.ts";
import { Runtime } from "./runtime.ts";

const runtime = new Runtime({ paths: containerPaths, onExit: () => process.exit(0) });

for (const signal of ["SIGTERM", "SIGINT", "SIGPWR"] as const) {
  process.on(signal, () => {
    console.log(`Stopping on ${signal}`);
    void runtime.shutdown();
  });
}
// A package's forgotten promise is its own affair; its daemons go on.
process.on("unhandledRejection", (error) => console.error("Unhandled rejection:", error));

runtime.listen().catch((error: unknown) => {
  console.error("Cannot listen:", error);
  process.exit(1);
});
