/** npm run drill -- NAME [seconds] [seed]: the long forms of what `npm test` runs for a short time. Needs root. */
const [name = "", ...rest] = process.argv.slice(2);
const seconds = Number(rest[0] ?? 300);
const seed = Number(rest[1] ?? Date.now() % 1_000_000);

switch (name) {
  case "crash": {
    const { crashDrill } = await import("./crash.ts");
    const report = await crashDrill(seconds, seed, console.log);
    console.log(JSON.stringify({ seed, ...report }, undefined, 2));
    break;
  }
  case "drift": {
    const { driftDrill } = await import("./drift.ts");
    console.table(await driftDrill());
    break;
  }
  case "store": {
    const { drillSigkill } = await import("./store-sigkill.ts");
    const report = await drillSigkill(Number(rest[0] ?? 200));
    console.table(report);
    process.exitCode = report.lost + report.torn + report.backwards > 0 ? 1 : 0;
    break;
  }
  case "watch": {
    const { watchDrill } = await import("./watch.ts");
    const report = await watchDrill(Number(rest[0] ?? 1000));
    console.table(report);
    process.exitCode = report.lost + report.doubled + report.disordered > 0 ? 1 : 0;
    break;
  }
  default:
    console.error(
      "usage: npm run drill -- crash [SECONDS] [SEED] | drift | store [KILLS] | watch [DISCONNECTS]",
    );
    process.exit(2);
}
