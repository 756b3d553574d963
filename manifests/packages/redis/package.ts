import { chown } from "node:fs/promises";

import { definePackage, portListening } from "@freehold/sdk";

const port = 6379;
const redisUser = 101;

export const { manifest, init, uninit, main, actions, createBackup } = definePackage({
  manifest: {
    id: "redis",
    version: "7.0.15:0",
    title: "Redis",
    license: "BSD-3-Clause",
    description: {
      short: "Keeps data in memory for other packages",
      long: "An in-memory store of keys, lists, sets and streams, written to disk as it changes. Other packages use it.",
    },
    releaseNotes: "First package.",
    upstreamRepo: "https://github.com/redis/redis",
    volumes: ["data"],
    images: { main: { arch: ["x86_64", "aarch64"] } },
  },
  // It has no password, so only packages that depend on it may reach it.
  interfaces: [
    { id: "redis", name: "Redis", description: "RESP", type: "api", port, protocol: "tcp", internal: true },
  ],
  main: async () => {
    await chown("/media/startos/volumes/data", redisUser, redisUser);
    return [
      {
        kind: "daemon",
        id: "primary",
        display: "Redis",
        program: {
          image: "main",
          command: [
            "redis-server",
            "--dir",
            "/data",
            "--port",
            `${port}`,
            "--bind",
            "* -::*",
            "--protected-mode",
            "no",
            "--appendonly",
            "yes",
            "--save",
            "900 1 300 100",
          ],
          mounts: [{ volume: "data", at: "/data" }],
        },
        ready: portListening(port),
      },
    ];
  },
});
