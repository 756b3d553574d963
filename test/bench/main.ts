/** npm run bench -- NAME: measures one thing on this machine and prints figures. Each is a module here with a `bench` function. */
const BENCHES = ["store", "store-start"] as const;

const [name] = process.argv.slice(2);
if (!BENCHES.some((known) => known === name)) {
  console.error(`usage: npm run bench -- ${BENCHES.join(" | ")}`);
  process.exit(2);
}
const { bench } = await import(`./${name}.ts`);
await bench();
