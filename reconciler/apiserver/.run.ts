import { startApiServer } from "@freehold/apiserver";
import { MemoryBackend } from "@freehold/store";
const server = await startApiServer({
  backend: new MemoryBackend(),
  dataDir: "/tmp/h-api/data",
  listen: { host: "127.0.0.1", port: 16443 },
  names: [],
  socketPath: "/tmp/h-api/api.sock",
  log: console.error,
});
console.log("ready", server.port, process.pid, Math.round(process.memoryUsage().rss / 1e6));
process.on("SIGTERM", () => server.stop().then(() => console.log("stopped")));
