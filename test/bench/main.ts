/** npm run bench -- NAME: measures one thing on this machine and prints figures. */
const BENCHES: ReadonlyMap<string, () => Promise<{ bench(): Promise<void> }>> = new Map([
  ["api", () => import("./api.ts")],
  ["apply", () => import("./apply.ts")],
  ["store", () => import("./store.ts")],
  ["store-start", () => import("./store-start.ts")],
  ["start", () => import("./start.ts")],
  ["idle", () => import("./idle.ts")],
  ["watch", () => import("./watch.ts")],
]);

const [name = ""] = process.argv.slice(2);
const load = BENCHES.get(name);
if (!load) {
  console.error(`usage: npm run bench -- ${[...BENCHES.keys()].join(" | ")}`);
  process.exit(2);
}
const { bench } = await load();
await bench();
