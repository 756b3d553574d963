import { FakeHost } from "@freehold/agent-fake";
import type { EffectHandler } from "@freehold/agent-ports";
import { type Kind, type Resource, refKey } from "@freehold/apis";
import { bindingKind } from "@freehold/apis/network";
import { actionKind, archiveKind, serviceInterfaceKind, serviceReportKind } from "@freehold/apis/package";
import { Layout } from "@freehold/apis/system";
import { containerKind, containerNameOf } from "@freehold/apis/workload";
import { MemoryStore } from "@freehold/engine/testing";
import { describe, expect, it } from "vitest";

import {
  machine,
  manifest,
  sample,
  webArchive,
  webBinding,
  webContainer,
  webInterface,
  webPackage,
  webReport,
} from "../testing/samples.ts";
import { worldOf } from "../testing/world-of.ts";
import { CallbackTable } from "./callback-table.ts";
import { createEffects } from "./effects.ts";

class Fixture {
  readonly store = new MemoryStore();
  readonly host = new FakeHost();
  readonly told: string[] = [];
  readonly restarted: string[] = [];
  readonly callbacks = new CallbackTable((container, id) => void this.told.push(`${container} ${id}`));
  readonly call: EffectHandler;

  constructor(...objects: readonly Resource[]) {
    for (const object of [machine, webPackage, webArchive, webContainer, ...objects]) this.put(object);
    this.call = this.as("web", "hello-world");
  }

  as(name: string, packageId: string): EffectHandler {
    return createEffects({
      world: worldOf({ [Symbol.iterator]: () => this.store.objects.values() }),
      containers: this.host.containers,
      mounts: this.host.mounts,
      layout: new Layout("/data"),
      callbacks: this.callbacks,
      apiOf: () => this.store,
      restart: (container) => void this.restarted.push(container),
    })({ namespace: "default", name, packageId });
  }

  put(object: Resource): void {
    const { name, namespace } = object.metadata;
    const [group] = object.apiVersion.split("/");
    const place = refKey({
      kind: `${object.kind}.${group}`,
      name,
      ...(namespace !== undefined && { namespace }),
    });
    this.store.objects.set(place, { ...object, metadata: { ...object.metadata, resourceVersion: "1" } });
    this.callbacks.changed(object);
  }

  specs(kind: Kind): readonly unknown[] {
    return [...this.store.objects.values()].filter((object) => kind.matches(object)).map(({ spec }) => spec);
  }
}

const web = containerNameOf({ metadata: { name: "web", namespace: "default" } });
const uiInterface = {
  id: "main",
  name: "Web",
  description: "The page",
  type: "ui",
  masked: false,
  addressInfo: {
    hostId: "ui",
    internalPort: 80,
    scheme: "http",
    sslScheme: null,
    username: null,
    suffix: "",
  },
};

describe("createEffects()", () => {
  it("says which effects there are not", async () => {
    await expect(new Fixture().call("rm-rf", {})).rejects.toThrow(
      'Cannot run "rm-rf": this server does not offer it',
    );
  });

  it.each([
    [
      "bind",
      { id: "UI!", internalPort: 80, preferredExternalPort: 80 },
      'id is "UI!", wanted lower-case letters',
    ],
    [
      "bind",
      { id: "ui", internalPort: 0, preferredExternalPort: 80 },
      "internalPort is 0, wanted a port from 1 to 65535",
    ],
    ["bind", { id: "ui", internalPort: 80 }, "preferredExternalPort is nothing, wanted a port"],
    ["clear-bindings", {}, "except is nothing, wanted a list"],
    ["clear-bindings", { except: [{ id: 1 }] }, '"clear-bindings.except": id is 1, wanted a string'],
    ["export-service-interface", { ...uiInterface, type: "web" }, 'type is "web", wanted ui, api or p2p'],
    [
      "export-service-interface",
      { ...uiInterface, addressInfo: null },
      "addressInfo is null, wanted an object",
    ],
    ["clear-service-interfaces", { except: "x" }, 'except is "x", wanted a list'],
    ["set-health", { id: "a", name: "A", result: "great" }, 'result is "great", wanted success'],
    ["set-health", { name: "A", result: "success" }, "id is nothing, wanted a string"],
    ["set-main-status", { status: "odd" }, 'status is "odd", wanted running or stopped'],
    ["set-dependencies", { dependencies: {} }, "dependencies is {}, wanted a list"],
    [
      "set-dependencies",
      { dependencies: [{ id: "a", kind: "exists" }] },
      "versionRange is nothing, wanted a string",
    ],
    ["action.export", { id: "a" }, "metadata is nothing, wanted an object"],
    ["action.export", { id: "a", metadata: { allowedStatuses: "never" } }, 'allowedStatuses is "never"'],
    ["action.clear", {}, "except is nothing, wanted a list"],
    ["clear-callbacks", {}, 'wanted "only" or "except"'],
    ["set-data-version", { version: 7 }, "version is 7, wanted a string"],
    ["set-data-version", { version: "1".repeat(1001) }, "it has 1001 characters, wanted at most 1000"],
    ["set-init-progress", {}, "progress is nothing, wanted an object"],
    ["subcontainer.create-fs", { imageId: "other" }, 'there is no image "other", only main'],
    ["subcontainer.create-fs", { imageId: "../main" }, 'imageId is "../main", wanted'],
    [
      "subcontainer.destroy-fs",
      { guid: "../../etc" },
      'Cannot destroy subcontainer "../../etc": that is no guid',
    ],
    ["get-host-info", {}, "hostId is nothing, wanted a string"],
    [
      "get-service-port-forward",
      { hostId: "ui", internalPort: 81 },
      'Cannot tell the port of "ui" 81: it is not bound',
    ],
    ["get-service-interface", { serviceInterfaceId: 3 }, "serviceInterfaceId is 3, wanted a string"],
    ["get-service-manifest", {}, "packageId is nothing, wanted a string"],
  ])("%s refuses %j", async (method, params, words) => {
    const f = new Fixture();
    const { writes } = f.store;
    await expect(f.call(method, params)).rejects.toThrow(words);
    expect([f.store.writes - writes, f.host.mutations]).toEqual([0, 0]);
  });

  it("bind and clear-bindings keep what was bound, and serve what is named", async () => {
    const f = new Fixture();
    for (const internalPort of [80, 443]) {
      expect(
        await f.call("bind", { id: "ui", internalPort, preferredExternalPort: 8080, addSsl: null }),
      ).toBeNull();
    }
    await f.call("clear-bindings", { except: [{ id: "ui", internalPort: 443 }] });
    expect(f.specs(bindingKind)).toEqual([
      { package: "web", hostId: "ui", internalPort: 80, preferredExternalPort: 8080, enabled: false },
      { package: "web", hostId: "ui", internalPort: 443, preferredExternalPort: 8080, enabled: true },
    ]);
  });

  it("export-service-interface and clear-service-interfaces", async () => {
    const f = new Fixture();
    await f.call("export-service-interface", uiInterface);
    await f.call("export-service-interface", { ...uiInterface, id: "admin" });
    await f.call("clear-service-interfaces", { except: ["main"] });
    expect(f.specs(serviceInterfaceKind)).toMatchObject([
      { package: "web", id: "main", scheme: "http", sslScheme: null },
    ]);
  });

  it("set-health forgets what was said in an earlier start", async () => {
    const f = new Fixture();
    await f.call("set-health", { id: "a", name: "A", result: "success", message: null });
    await f.call("set-health", { id: "b", name: "B", result: "failure", message: "down" });
    expect(f.specs(serviceReportKind)).toMatchObject([
      { start: 0, health: { a: { result: "success" }, b: { message: "down" } } },
    ]);
    f.put({
      ...webReport,
      metadata: { ...webReport.metadata, labels: { "package.freehold.dev/package": "web" } },
    });
    await f.call("set-health", { id: "c", name: "C", result: "starting" });
    expect(f.specs(serviceReportKind)).toMatchObject([
      { start: 0, health: { c: { name: "C", result: "starting" } } },
    ]);
  });

  it("set-main-status forgets health, which was of the former main", async () => {
    const f = new Fixture();
    await f.call("set-health", { id: "a", name: "A", result: "success" });
    expect(await f.call("set-main-status", { status: "running" })).toBeNull();
    expect(f.specs(serviceReportKind)).toMatchObject([{ start: 0, health: {} }]);
  });

  it("action.export, set-data-version, restart and progress answer null", async () => {
    const f = new Fixture();
    const metadata = { name: "Reset", allowedStatuses: "any", hasInput: true, visibility: "enabled" };
    const calls: readonly (readonly [string, unknown])[] = [
      ["action.export", { id: "reset", metadata }],
      ["set-data-version", { version: "1.0.0:0" }],
      ["restart", {}],
      ["set-init-progress", { progress: { overall: true, phases: [] } }],
      ["set-backup-progress", { progress: { overall: { done: 1, total: 2, units: null }, phases: [] } }],
    ];
    for (const [method, params] of calls) expect(await f.call(method, params)).toBeNull();
    expect(f.specs(actionKind)).toMatchObject([{ package: "web", id: "reset", hasInput: true }]);
    expect([await f.call("get-data-version", {}), f.restarted]).toEqual(["1.0.0:0", [web]]);
    await f.call("set-data-version", { version: null });
    expect(await f.call("get-data-version", {})).toBeNull();
  });

  it("subcontainer.create-fs mounts a copy of an image of its own, destroy-fs takes it away", async () => {
    const f = new Fixture();
    const image = `/data/images/${webArchive.metadata.name}/images/main`;
    f.host.mounts.images.add("/main.squashfs");
    await f.host.mounts.mountImage({ path: "/main.squashfs", offset: 0, size: 1 }, image);
    const answer = await f.call("subcontainer.create-fs", { imageId: "main", name: "x" });
    expect(answer).toEqual([
      expect.stringMatching(/^\/media\/startos\/subcontainers\/[A-Z2-7]{12}$/),
      expect.any(String),
    ]);
    const [, guid] = Array.isArray(answer) ? answer : [];
    await f.call("subcontainer.destroy-fs", { guid });
    expect(await f.call("subcontainer.destroy-fs", { guid })).toBeNull();
    expect(f.host.snapshot().mounts).toEqual([`${image} squashfs /main.squashfs`]);
  });

  it("get-host-info tells truthfully where a host answers", async () => {
    const f = new Fixture(webBinding, webInterface);
    expect(await f.call("get-host-info", { hostId: "ui" })).toMatchInlineSnapshot(`
      {
        "bindingRanges": {},
        "bindings": {
          "80": {
            "addresses": {
              "available": [
                {
                  "hostname": "10.77.0.1",
                  "metadata": {
                    "gateway": "lxcbr0",
                    "kind": "ipv4",
                  },
                  "port": 8080,
                  "public": false,
                  "ssl": false,
                },
                {
                  "hostname": "192.0.2.10",
                  "metadata": {
                    "gateway": "lan",
                    "kind": "ipv4",
                  },
                  "port": 8080,
                  "public": true,
                  "ssl": false,
                },
              ],
              "disabled": [],
              "enabled": [],
            },
            "enabled": true,
            "interfaces": {
              "main": {
                "addressInfo": {
                  "hostId": "ui",
                  "internalPort": 80,
                  "scheme": "http",
                  "sslScheme": null,
                  "suffix": "",
                  "username": null,
                },
                "description": "",
                "id": "main",
                "masked": false,
                "name": "Web",
                "type": "ui",
              },
            },
            "net": {
              "assignedPort": 8080,
              "assignedSslPort": null,
            },
            "options": {
              "addSsl": null,
              "preferredExternalPort": 8080,
              "secure": null,
            },
          },
        },
        "portForwards": [],
        "privateDomains": {},
        "publicDomains": {},
      }
    `);
    expect(await f.call("get-host-info", { hostId: "other" })).toBeNull();
    expect(await f.call("get-service-port-forward", { hostId: "ui", internalPort: 80 })).toEqual({
      assignedPort: 8080,
      assignedSslPort: null,
    });
  });

  it("get-service-interface and list-service-interfaces give the package's own shape", async () => {
    const f = new Fixture(webBinding, webInterface);
    const shape = {
      id: "main",
      name: "Web",
      description: "",
      masked: false,
      type: "ui",
      addressInfo: {
        username: null,
        hostId: "ui",
        internalPort: 80,
        scheme: "http",
        sslScheme: null,
        suffix: "",
      },
    };
    expect(await f.call("get-service-interface", { serviceInterfaceId: "main" })).toEqual(shape);
    expect(await f.call("get-service-interface", { serviceInterfaceId: "none" })).toBeNull();
    expect(await f.call("list-service-interfaces", {})).toEqual({ main: shape });
  });

  it.each([
    "get-container-ip",
    "get-status",
    "get-service-manifest",
    "get-host-info",
    "list-service-interfaces",
  ])("%s tells of declared dependencies only", async (method) => {
    const other = sample(containerKind, "db", { ...webContainer.spec, package: "db", packageId: "redis" });
    const f = new Fixture(other);
    const ask = (): Promise<unknown> => f.call(method, { packageId: "redis", hostId: "ui" });
    await expect(ask()).rejects.toThrow(
      'Cannot look at "redis": "hello-world" did not declare it as a dependency',
    );
    const dependencies = [{ id: "redis", kind: "exists", versionRange: "*" }];
    f.put(sample(serviceReportKind, "web", { ...webReport.spec, dependencies }));
    await expect(ask()).resolves.toBeDefined();
  });

  it("get-service-manifest, get-os-ip, get-installed-packages and get-dependencies", async () => {
    const f = new Fixture();
    expect(await f.call("get-service-manifest", { packageId: "hello-world" })).toEqual(manifest);
    expect(await f.call("get-os-ip", {})).toBe("10.77.0.1");
    expect(await f.call("get-installed-packages", {})).toEqual(["hello-world"]);
    await f.call("set-dependencies", {
      dependencies: [{ id: "redis", kind: "running", versionRange: ">=1:0", healthChecks: ["up"] }],
    });
    expect(await f.call("get-dependencies", {})).toEqual([
      { id: "redis", kind: "running", versionRange: ">=1:0", healthChecks: ["up"] },
    ]);
    expect(await f.call("check-dependencies", {})).toMatchObject([
      { packageId: "redis", installedVersion: null, isRunning: false },
    ]);
  });

  it("lets a package write no other package's objects", async () => {
    const f = new Fixture(sample(containerKind, "web-a", webContainer.spec));
    f.put({ ...webPackage, metadata: { ...webPackage.metadata, name: "web-a", uid: "u2" } });
    const wish = { internalPort: 80, preferredExternalPort: 80 };
    await f.call("bind", { ...wish, id: "a-b" });
    // The object would have the same name.
    await expect(f.as("web-a", "a")("bind", { ...wish, id: "b" })).rejects.toThrow(
      'Cannot write "web-a-b-80": it belongs to another package',
    );
    await f.as("web-a", "a")("clear-bindings", { except: [] });
    expect(f.specs(bindingKind)).toMatchObject([{ package: "web", enabled: true }]);
  });
});

describe("CallbackTable", () => {
  it("fires once, when the answer became another, also for what was not there before", async () => {
    const f = new Fixture();
    await f.call("get-service-interface", { serviceInterfaceId: "main", callback: 7 });
    f.put(sample(archiveKind, "else", webArchive.spec));
    f.put({
      ...webInterface,
      metadata: { ...webInterface.metadata, name: "x" },
      spec: { ...webInterface.spec, id: "x" },
    });
    expect(f.told).toEqual([]);
    f.put(webInterface);
    f.put({ ...webInterface, spec: { ...webInterface.spec, name: "Other" } });
    expect(f.told).toEqual([`${web} 7`]);
  });

  it("forgets what is cleared, and what a former start waited for", async () => {
    const f = new Fixture(webInterface);
    const ask = (callback: number): Promise<unknown> => f.call("list-service-interfaces", { callback });
    for (const id of [1, 2, 3]) await ask(id);
    await f.call("clear-callbacks", { only: [1] });
    await f.call("clear-callbacks", { except: [3] });
    f.put({ ...webInterface, spec: { ...webInterface.spec, name: "Other" } });
    expect(f.told).toEqual([`${web} 3`]);
    await ask(4);
    f.callbacks.clear(web, () => true);
    f.put(webInterface);
    expect(f.told).toEqual([`${web} 3`]);
  });
});
