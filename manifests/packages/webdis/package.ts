import { definePackage, webUrl } from "@freehold/sdk";

const port = 7379;

export const { manifest, init, uninit, main, actions, createBackup } = definePackage({
  manifest: {
    id: "webdis",
    version: "0.1.9:0",
    title: "Webdis",
    license: "BSD-2-Clause",
    description: {
      short: "Redis over HTTP",
      long: "Answers HTTP requests such as /SET/hello/world and /GET/hello with what Redis says, as JSON.",
    },
    releaseNotes: "First package.",
    upstreamRepo: "https://github.com/nicolasff/webdis",
    volumes: [],
    images: { main: { arch: ["x86_64", "aarch64"] } },
    dependencies: { redis: { description: "Keeps the data that is asked for" } },
  },
  interfaces: [
    {
      id: "api",
      name: "HTTP API",
      description: "Commands as paths",
      type: "api",
      port,
      protocol: "http",
      path: "/PING",
    },
  ],
  dependencies: [{ kind: "running", id: "redis", versionRange: ">=7.0.0:0", healthChecks: ["primary"] }],
  main: async (effects) => {
    // Redis has another address after each of its starts; a new one starts Webdis again.
    const callback = () => effects.constRetry?.();
    const address = await effects.getContainerIp({ packageId: "redis", callback });
    if (address === null) throw new Error('Cannot start: the package "redis" has no address');
    return [
      {
        kind: "daemon",
        id: "primary",
        display: "HTTP API",
        program: {
          image: "main",
          command: ["webdis", "/etc/webdis.json"],
          files: { "/etc/webdis.json": configOf(address) },
        },
        ready: webUrl(`http://127.0.0.1:${port}/PING`),
      },
    ];
  },
});

function configOf(redisHost: string): string {
  return JSON.stringify({
    redis_host: redisHost,
    redis_port: 6379,
    http_host: "0.0.0.0",
    http_port: port,
    threads: 2,
    pool_size: 4,
    daemonize: false,
    websockets: false,
    database: 0,
    // Commands that stop, save or reconfigure the server are not for clients.
    acl: [
      {
        disabled: [
          "DEBUG",
          "SHUTDOWN",
          "CONFIG",
          "FLUSHALL",
          "SLAVEOF",
          "REPLICAOF",
          "MODULE",
          "SAVE",
          "BGSAVE",
        ],
      },
    ],
    verbosity: 4,
    logfile: "/dev/stderr",
  });
}
