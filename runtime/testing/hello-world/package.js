// A package as its author writes it, with upstream's SDK: what must run unmodified.
import { buildManifest, StartSdk, setupManifest, VersionGraph, VersionInfo } from "@start9labs/start-sdk";

const sdkManifest = setupManifest({
  id: "hello-world",
  title: "Hello World",
  license: "MIT",
  packageRepo: "https://example.com",
  upstreamRepo: "https://example.com",
  marketingUrl: "https://example.com",
  donationUrl: null,
  description: { short: "Says hello", long: "Says hello to the world" },
  volumes: ["main"],
  images: { "hello-world": { source: { dockerTag: "hello-world:2.0.0" } } },
  dependencies: {},
});
const sdk = StartSdk.of().withManifest(sdkManifest).build(true);

const versions = VersionGraph.of({
  current: VersionInfo.of({
    version: "2.0.0:6",
    releaseNotes: "first",
    migrations: { up: async () => {}, down: async () => {} },
  }),
  other: [],
});
const setInterfaces = sdk.setupInterfaces(async ({ effects }) => {
  const host = sdk.MultiHost.of(effects, "ui-multi");
  const origin = await host.bindPort(80, { protocol: "http" });
  const ui = sdk.createInterface(effects, {
    name: "Web UI",
    id: "ui",
    description: "The web interface of Hello World",
    type: "ui",
    masked: false,
    schemeOverride: null,
    username: null,
    path: "",
    query: {},
  });
  return [await origin.export([ui])];
});
const setDependencies = sdk.setupDependencies(async () => ({}));
export const actions = sdk.Actions.of();
export const manifest = buildManifest(versions, sdkManifest);
export const init = sdk.setupInit(versions, setInterfaces, setDependencies, actions);
export const uninit = sdk.setupUninit(versions);
export const main = sdk.setupMain(async ({ effects }) => {
  const subcontainer = sdk.SubContainer.of(
    effects,
    { imageId: "hello-world" },
    sdk.Mounts.of().mountVolume({ volumeId: "main", subpath: null, mountpoint: "/data", readonly: false }),
    "hello-world-sub",
  );
  return sdk.Daemons.of(effects).addDaemon("primary", {
    subcontainer,
    exec: { command: ["hello-world"] },
    ready: {
      display: "Web Interface",
      fn: () =>
        sdk.healthCheck.checkPortListening(effects, 80, {
          successMessage: "The web interface is ready",
          errorMessage: "The web interface is not ready",
        }),
    },
    requires: [],
  });
});
export const { createBackup } = sdk.setupBackups(async () => sdk.Backups.ofVolumes("main"));
