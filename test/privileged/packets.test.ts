import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";

import type { ContainerDefinition, PacketTable } from "@freehold/agent-ports";
import { conformanceDefinition, type ConformanceSetup, prepareRoot } from "@freehold/agent-ports/conformance";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { linuxSetup } from "./linux-setup.ts";

const live = new AbortController().signal;
const run = promisify(execFile);
const OUTSIDE = "198.51.100.9";
const US = "198.51.100.1";
/** Answers each connection with its own name. */
const serve = (port: number): string =>
  `echo '#!/bin/sh\nhostname' > /s && chmod 755 /s && nc -ll -p ${port} -e /s > /dev/null 2>&1 &`;

/** Two containers, this machine, and a client outside, each in a network namespace. */
describe("a packet table", () => {
  let setup: ConformanceSetup;
  let table: PacketTable;
  let holder: ReturnType<typeof execFile>;
  beforeAll(async () => {
    setup = await linuxSetup();
    const one = conformanceDefinition(setup);
    await prepareRoot(setup, one);
    await startServer(one);
    await startServer(await secondOf(one));
    table = { bridge: setup.bridge, subnet: "10.178.0.0/24", forwards: [], allowed: [] };
    holder = outsideClient();
  });
  afterAll(async () => {
    holder.kill("SIGKILL");
    await setup[Symbol.asyncDispose]();
  });

  const startServer = async (definition: ContainerDefinition): Promise<void> => {
    await setup.host.containers.create({
      ...definition,
      init: ["/bin/sh", "-c", `${serve(80)} ${serve(53)} exec /init`],
    });
    await setup.host.containers.start(definition.name);
  };
  const secondOf = async (one: ContainerDefinition): Promise<ContainerDefinition> => {
    const rootfs = `${setup.folder}/root2`;
    const idMap = { base: 400_000, count: 65_536 };
    const [upper, work] = [`${rootfs}-upper`, `${rootfs}-work`];
    await setup.host.mounts.mountOverlay({
      target: rootfs,
      lower: `${setup.folder}/image`,
      idMap,
      upper,
      work,
    });
    const network = {
      ...one.network,
      hostLink: "fhc0-two",
      address: "10.178.0.3/24",
      mac: "02:00:00:00:00:03",
    };
    return { ...one, name: "two", rootfs, uidBase: idMap.base, network };
  };
  /** A link to a namespace of its own, kept by a sleeping process. */
  const outsideClient = (): ReturnType<typeof execFile> => {
    const script = `echo ready; exec sleep 600`;
    const child = execFile("unshare", ["-n", "sh", "-c", script]);
    execFileSync("sh", [
      "-c",
      `until [ "$(readlink /proc/${child.pid}/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done
       ip link add fhcout0 type veth peer name eth0 netns ${child.pid}
       ip addr add ${US}/24 dev fhcout0; ip link set fhcout0 up
       nsenter -t ${child.pid} -n sh -c 'ip addr add ${OUTSIDE}/24 dev eth0; ip link set eth0 up; ip route add default via ${US}'`,
    ]);
    return child;
  };

  const reply = async (command: string, argv: readonly string[]): Promise<string> => {
    try {
      return (await run(command, [...argv], { timeout: 5000 })).stdout.trim();
    } catch {
      return "none";
    }
  };
  const client = ["busybox", "nc", "-w", "1"];
  const fromHost = (address: string, port: number): Promise<string> =>
    reply("/bin/busybox", [...client.slice(1), address, `${port}`]);
  const fromOutside = (address: string, port: number): Promise<string> =>
    reply("nsenter", ["-t", `${holder.pid}`, "-n", ...client, address, `${port}`]);
  const from = async (name: string, address: string, port: number): Promise<string> => {
    const argv = ["nc", "-w", "1", address, `${port}`];
    const { stdout } = await setup.host.containers.exec(name, { argv }, live);
    return Buffer.from(stdout).toString().trim() || "none";
  };
  const write = (more: Partial<PacketTable>): Promise<void> =>
    setup.host.packets.replaceTable("conformance", { ...table, ...more });
  const forward = { protocol: "tcp", hostPort: 8080, address: "10.178.0.2", port: 80 } as const;

  it("keeps containers from each other, also on the same bridge, but for allowed pairs in their direction", async () => {
    await write({});
    expect(await from("one", "10.178.0.3", 80)).toBe("none");
    await write({ allowed: [{ from: "10.178.0.2", to: "10.178.0.3" }] });
    expect(await from("one", "10.178.0.3", 80)).toBe("two");
    expect(await from("two", "10.178.0.2", 80)).toBe("none");
  });

  it("lets containers ask the machine for names and nothing else", async () => {
    await write({});
    const child = execFile("/bin/busybox", ["nc", "-ll", "-p", "53", "-e", "/bin/hostname"]);
    const other = execFile("/bin/busybox", ["nc", "-ll", "-p", "5000", "-e", "/bin/hostname"]);
    try {
      const name = execFileSync("hostname", { encoding: "utf8" }).trim();
      await expect.poll(() => fromHost("10.178.0.1", 53)).toBe(name);
      await expect.poll(() => fromHost("10.178.0.1", 5000)).toBe(name);
      expect(await from("one", "10.178.0.1", 53)).toBe(name);
      expect(await from("one", "10.178.0.1", 5000)).toBe("none");
      expect(await from("one", US, 5000)).toBe("none");
    } finally {
      child.kill("SIGKILL");
      other.kill("SIGKILL");
    }
  });

  it("forwards from outside, from this machine by any of its addresses, and from containers", async () => {
    await write({ forwards: [forward] });
    expect(await fromOutside(US, 8080)).toBe("one");
    for (const address of [US, "10.178.0.1", "127.0.0.1"])
      expect(await fromHost(address, 8080), address).toBe("one");
    expect(await from("two", US, 8080)).toBe("one");
    expect(await from("one", US, 8080)).toBe("one");
  });

  it("keeps the outside from containers that nothing is forwarded to", async () => {
    await write({ forwards: [forward] });
    expect(await fromOutside("10.178.0.2", 80)).toBe("none");
    expect(await fromOutside("10.178.0.3", 80)).toBe("none");
    await write({});
    expect(await fromOutside(US, 8080)).toBe("none");
  });

  it("lets containers reach the outside in the machine's name", async () => {
    await write({});
    // The client outside knows no way to the containers' network but by us, and answers us anyway: our address is its neighbour.
    execFileSync("nsenter", ["-t", `${holder.pid}`, "-n", "ip", "route", "del", "default"]);
    const { code } = await setup.host.containers.exec("one", { argv: ["ping", "-c1", "-W1", OUTSIDE] }, live);
    expect(code).toBe(0);
  });

  it("is not got round by a container that takes another's address", async () => {
    await write({
      allowed: [
        { from: "10.178.0.2", to: "10.178.0.3" },
        { from: "10.178.0.9", to: "10.178.0.3" },
      ],
    });
    expect(await from("one", "10.178.0.3", 80)).toBe("two");
    const script =
      "ip addr add 10.178.0.9/24 dev eth0; nc -w 1 -s 10.178.0.9 10.178.0.3 80; ip addr del 10.178.0.9/24 dev eth0";
    const { stdout } = await setup.host.containers.exec("one", { argv: ["sh", "-c", script] }, live);
    expect(Buffer.from(stdout).toString()).toBe("");
  });

  it("is foreign when a rule or an element is gone, and undefined when it is gone as a whole", async () => {
    const full = { ...table, forwards: [forward], allowed: [{ from: "10.178.0.2", to: "10.178.0.3" }] };
    const { packets } = setup.host;
    for (const change of ["flush chain inet conformance forward", "flush set inet conformance allowed"]) {
      await write(full);
      expect(await packets.table("conformance")).toEqual(full);
      execFileSync("nft", change.split(" "));
      expect(await packets.table("conformance")).toBe("foreign");
    }
    execFileSync("nft", ["delete", "table", "inet", "conformance"]);
    expect(await packets.table("conformance")).toBeUndefined();
  });
});
