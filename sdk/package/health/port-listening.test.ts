import { once } from "node:events";
import { createServer } from "node:http";

import { expect, test } from "vitest";

import { isListening, portListening } from "./port-listening.ts";
import { webUrl } from "./web-url.ts";

test("isListening() wants the port in state LISTEN, not a connection", () => {
  const head = "  sl  local_address rem_address   st tx_queue\n";
  expect(isListening(`${head}   0: 00000000:1470 00000000:0000 0A 0`, 5232)).toBe(true);
  expect(isListening(`${head}   0: 00000000:1470 0100007F:1F90 01 0`, 5232)).toBe(false);
  expect(isListening(head, 5232)).toBe(false);
});

test("portListening() and webUrl() see a real server come and go", async () => {
  const server = createServer((_, response) => response.writeHead(204).end());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const checks = [portListening(port), webUrl(`http://127.0.0.1:${port}/`)];
  expect(await Promise.all(checks.map(async (check) => (await check()).result))).toEqual([
    "success",
    "success",
  ]);
  server.close();
  server.closeAllConnections();
  await once(server, "close");
  expect(await Promise.all(checks.map(async (check) => (await check()).result))).toEqual([
    "failure",
    "failure",
  ]);
});
