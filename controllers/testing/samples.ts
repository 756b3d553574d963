import type { CommonStatus, Kind, Resource } from "@freehold/apis";
import { bindingKind } from "@freehold/apis/network";
import { archiveKind, packageKind, serviceInterfaceKind, serviceReportKind } from "@freehold/apis/package";
import { machineKind } from "@freehold/apis/system";
import { containerKind } from "@freehold/apis/workload";

const READY: CommonStatus = {
  observedGeneration: 1,
  conditions: [
    {
      type: "Ready",
      status: "True",
      reason: "Ready",
      message: "",
      observedGeneration: 1,
      lastTransitionTime: "2026-01-02T03:04:05Z",
    },
  ],
};

/** An object as the API would give it: with identity and defaults, Ready unless its own status says otherwise. */
export function sample<R extends Resource>(
  kind: Kind<R>,
  name: string,
  spec: R["spec"],
  status: object | undefined = {},
): R {
  const namespaced = kind.scope === "Namespaced" ? { namespace: "default" } : {};
  const draft = kind.draft({ name, ...namespaced, uid: `uid-${name}`, generation: 1 }, structuredClone(spec));
  kind.check(draft);
  return status === undefined ? draft : { ...draft, status: { ...READY, ...status } };
}

export const machine = sample(
  machineKind,
  "m1",
  { architecture: "x86_64", bridgeCidr: "10.77.0.1/16", dataPath: "/data" },
  { addresses: ["192.0.2.10"] },
);

export const manifest = {
  id: "hello-world",
  title: "Hello",
  version: "1.0.0:0",
  images: { main: {} },
  volumes: ["main"],
};

export const webPackage = sample(
  packageKind,
  "web",
  { source: { file: "/hello.s9pk" }, running: true },
  undefined,
);
export const webArchive = sample(
  archiveKind,
  "default.web-a2ce6d51",
  { machine: "m1", file: "/hello.s9pk" },
  { rootHash: "ab".repeat(32), signer: "cd".repeat(32), manifest },
);
export const webContainer = sample(
  containerKind,
  "web",
  {
    machine: "m1",
    package: "web",
    packageId: "hello-world",
    archive: webArchive.metadata.name,
    images: ["main"],
    volumes: [{ id: "main", volume: "web-main" }],
    uidBase: 524_288,
    ipv4: "10.77.0.9",
    running: true,
    limits: {},
  },
  { starts: 2, mainStarted: "2026-01-02T03:04:05Z" },
);
export const webReport = sample(
  serviceReportKind,
  "web",
  { package: "web", start: 2, health: {}, dependencies: [] },
  {},
);
export const webBinding = sample(
  bindingKind,
  "web-ui-80",
  { package: "web", hostId: "ui", internalPort: 80, preferredExternalPort: 8080, enabled: true },
  { assignedPort: 8080 },
);
export const webInterface = sample(
  serviceInterfaceKind,
  "web-main",
  {
    package: "web",
    id: "main",
    name: "Web",
    type: "ui",
    masked: false,
    hostId: "ui",
    internalPort: 80,
    scheme: "http",
  },
  { urls: ["http://192.0.2.10:8080"] },
);
