import { bindingKind, bridgeKind, packetRulesKind } from "@freehold/apis/network";
import { serviceReportKind } from "@freehold/apis/package";
import { containerKind } from "@freehold/apis/workload";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { machine, sample, webBinding, webContainer, webInterface, webReport } from "../testing/samples.ts";
import { worldOf } from "../testing/world-of.ts";
import { summariseBinding } from "./binding-controller.ts";
import { planBridge } from "./bridge-controller.ts";
import { deriveMachineNetwork } from "./machine-network.ts";
import { planPacketRules } from "./packet-rules-controller.ts";
import { summariseInterface } from "./service-interface-controller.ts";
import { addressOf, hostAddress, hostCount, subnetOf } from "./subnet.ts";

describe("subnet", () => {
  it("subnetOf(), hostAddress() and hostCount() stay within the network", () => {
    const octet = fc.nat({ max: 255 });
    fc.assert(
      fc.property(
        fc.tuple(octet, octet, octet, octet),
        fc.integer({ min: 8, max: 29 }),
        fc.nat(),
        (octets, prefix, n) => {
          const cidr = `${octets.join(".")}/${prefix}`;
          const host = hostAddress(cidr, 2 + (n % hostCount(cidr)));
          expect(subnetOf(`${host}/${prefix}`)).toBe(subnetOf(cidr));
          expect(`${host}/${prefix}`).not.toBe(subnetOf(cidr));
        },
      ),
    );
    expect([subnetOf("10.77.3.1/16"), hostAddress("10.77.3.1/16", 300), addressOf("10.77.3.1/16")]).toEqual([
      "10.77.0.0/16",
      "10.77.1.44",
      "10.77.3.1",
    ]);
  });

  it.each(["10.0.0.1", "10.0.0.256/8", "10.0.0.1/31", "::1/64", ""])("refuses %j", (cidr) => {
    expect(() => subnetOf(cidr)).toThrow(`Cannot read "${cidr}": wanted an IPv4 address with prefix length`);
  });
});

describe("planBridge()", () => {
  const bridge = sample(bridgeKind, "m1", { machine: "m1", cidr: "10.77.0.1/16" });
  const state = { name: "br", up: true, addresses: ["10.77.0.1/16", "fe80::1/64"], ports: [] };
  it.each([
    [undefined, "was missing"],
    [{ ...state, up: false }, "was down"],
    [{ ...state, addresses: [] }, "lacked its address 10.77.0.1/16"],
    [{ ...state, addresses: ["10.77.0.1/16", "192.0.2.1/24"] }, "had the foreign address 192.0.2.1/24"],
  ])("finds %j", (found, words) => {
    expect(planBridge({ want: "present", resource: bridge }, { link: "br", state: found })).toMatchObject({
      steps: [{ do: "make-bridge", link: "br", address: "10.77.0.1/16", found: words }],
    });
  });
  it("is settled when it is so, and removes only what is there", () => {
    expect(planBridge({ want: "present", resource: bridge }, { link: "br", state }).type).toBe("settled");
    expect(planBridge({ want: "absent", resource: bridge }, { link: "br", state })).toMatchObject({
      type: "steps",
    });
    expect(planBridge({ want: "absent", resource: bridge }, { link: "br", state: undefined }).type).toBe(
      "settled",
    );
  });
});

describe("planPacketRules()", () => {
  const forward = (
    hostPort: number,
  ): { protocol: "tcp"; hostPort: number; address: string; port: number } => ({
    protocol: "tcp",
    hostPort,
    address: "10.77.0.9",
    port: 80,
  });
  const spec = { machine: "m1", subnet: "10.77.0.0/16", forwards: [forward(1), forward(2)], allowed: [] };
  const goal = { want: "present", resource: sample(packetRulesKind, "m1", spec) } as const;
  const table = { bridge: "br", subnet: spec.subnet, forwards: spec.forwards, allowed: [] };

  it("does not mind the order of rules", () => {
    const observed = { name: "t", bridge: "br", table: { ...table, forwards: spec.forwards.toReversed() } };
    expect(planPacketRules(goal, observed).type).toBe("settled");
  });
  it.each([undefined, "foreign" as const, { ...table, subnet: "10.0.0.0/8" }])("replaces %j", (found) => {
    const plan = planPacketRules(goal, { name: "t", bridge: "br", table: found });
    expect(plan).toMatchObject({ steps: [{ do: "replace-table", name: "t", table }] });
  });
});

describe("deriveMachineNetwork()", () => {
  it("forwards what is bound and enabled, and lets packages reach only what they declared", () => {
    const db = sample(containerKind, "db", {
      ...webContainer.spec,
      package: "db",
      packageId: "redis",
      ipv4: "10.77.0.10",
    });
    const dependencies = [{ id: "redis", kind: "exists", versionRange: "*" }];
    const off = sample(
      bindingKind,
      "off",
      { ...webBinding.spec, internalPort: 81, enabled: false },
      { assignedPort: 9 },
    );
    const report = sample(serviceReportKind, "web", { ...webReport.spec, dependencies });
    const [, rules] = deriveMachineNetwork(
      machine,
      worldOf([machine, webContainer, db, webBinding, off, report]),
    );
    expect(rules?.spec).toEqual({
      machine: "m1",
      subnet: "10.77.0.0/16",
      forwards: [{ protocol: "tcp", hostPort: 8080, address: "10.77.0.9", port: 80 }],
      allowed: [{ from: "10.77.0.9", to: "10.77.0.10" }],
    });
  });
});

describe("summariseInterface()", () => {
  it("says where it answers, or that it does not yet", () => {
    const world = worldOf([machine, webContainer, webBinding]);
    expect(summariseInterface(webInterface, world)).toEqual({
      status: { urls: ["http://192.0.2.10:8080", "http://10.77.0.1:8080"] },
      outcome: { type: "ready" },
    });
    expect(summariseInterface(webInterface, worldOf([machine])).outcome).toMatchObject({ reason: "NoPort" });
  });
});

describe("summariseBinding()", () => {
  it("gives the wished port only where it may, and no port twice, and takes none away", () => {
    const ports = fc.constantFrom(80, 1024, 5432, 6443, 8080, 8081, 50_000, 49_152);
    const act = fc.record({
      bind: fc.boolean(),
      name: fc.constantFrom("a", "b", "c", "d", "e"),
      wished: ports,
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
        const bindings = new Map<string, typeof webBinding>();
        const given = new Map<string, unknown>();
        for (const { bind, name, wished } of acts) {
          if (!bind) {
            bindings.delete(name);
            given.delete(name);
            continue;
          }
          const known = bindings.get(name);
          const spec = { ...webBinding.spec, package: name, preferredExternalPort: wished };
          const binding = {
            ...sample(bindingKind, name, spec),
            ...(known?.status !== undefined && { status: known.status }),
          };
          bindings.set(name, binding);
          const { status } = summariseBinding(binding, worldOf(bindings.values()));
          bindings.set(name, { ...binding, status: { ...status } });
          const port: unknown = Reflect.get(status, "assignedPort");
          expect(given.get(name) ?? port).toBe(port);
          given.set(name, port);
          expect(new Set(given.values()).size).toBe(given.size);
          expect([80, 1024, 5432, 6443]).not.toContain(port);
        }
      }),
    );
  });
});
