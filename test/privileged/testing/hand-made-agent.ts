import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

import { openArchive, openFileSource, readManifest, selectImages } from "@freehold/s9pk";

type Params = Readonly<Record<string, unknown>>;
interface Reply {
  readonly result?: unknown;
  readonly error?: unknown;
}
export interface AgentOptions {
  /** Short directory of its own: sockets lie below it. */
  readonly work: string;
  readonly runtimeImage: string;
  readonly archive: string;
  /** Last number of its address in 10.78.0.0/24. */
  readonly address: number;
  readonly addressOf: (packageId: string) => string | null;
}

const base = 100_000;
const groups = "/sys/fs/cgroup";
const group = `${process.env["FREEHOLD_CGROUP"] ?? "freehold-test"}/packages`;

function run(program: string, ...argv: string[]): string {
  return execFileSync(program, argv, { encoding: "utf8" });
}

/** The containers' bridge. run.sh, which these tests need around them, has done the rest. */
export function prepareMachine(): void {
  if (existsSync("/sys/class/net/hpbr0")) return;
  run("ip", "link", "add", "hpbr0", "type", "bridge");
  run("ip", "addr", "add", "10.78.0.1/24", "dev", "hpbr0");
  run("ip", "link", "set", "hpbr0", "up");
}

/** Removes the cgroups that are left when all containers are gone. */
export function restoreMachine(): void {
  for (const controller of readdirSync(groups)) {
    const path = join(groups, controller, group);
    if (existsSync(path)) rmdirSync(path);
  }
}

/** One package in one unprivileged LXC container, with the least an agent must do for it. */
export class HandMadeAgent {
  readonly id: string;
  readonly ip: string;
  readonly health = new Map<string, Params>();
  readonly effects: [string, Params][] = [];
  dataVersion: unknown = null;
  log = "";
  readonly root: string;
  readonly #options: AgentOptions;
  readonly #waiting = new Map<unknown, (reply: Reply) => void>();
  #container: ChildProcess | undefined;
  #host: Server | undefined;
  #socket: Socket | undefined;
  #count = 0;

  private constructor(id: string, options: AgentOptions) {
    this.id = id;
    this.#options = options;
    this.ip = `10.78.0.${options.address}`;
    this.root = join(options.work, id, "root");
  }

  /** Unpacks runtime and archive below the work directory, with ids shifted as an idmapped mount would show them. */
  static async install(options: AgentOptions): Promise<HandMadeAgent> {
    await using source = await openFileSource(options.archive);
    const archive = await openArchive(source);
    const manifest = await readManifest(archive);
    const agent = new HandMadeAgent(manifest.id, options);
    const media = join(agent.root, "media/startos");
    mkdirSync(dirname(agent.root), { recursive: true });
    const shared = join(options.work, "runtime");
    if (!existsSync(shared)) run("unsquashfs", "-q", "-n", "-d", shared, options.runtimeImage);
    // Hard links, so that containers share the program's pages as they do with one mounted image.
    run("cp", "-al", shared, agent.root);
    const unpack = async (path: string, directory: string) => {
      writeFileSync(`${agent.root}.squashfs`, await archive.cat(path, 1e9));
      run("unsquashfs", "-q", "-n", "-f", "-d", directory, `${agent.root}.squashfs`);
    };
    await unpack("javascript.squashfs", join(agent.root, "usr/lib/startos/package"));
    for (const { id, squashfs, env, config } of selectImages(archive, manifest, "x86_64")) {
      await unpack(squashfs, join(media, "images", id));
      writeFileSync(join(media, "images", `${id}.env`), await archive.cat(env));
      writeFileSync(join(media, "images", `${id}.json`), await archive.cat(config));
    }
    for (const volume of manifest.volumes) mkdirSync(join(media, "volumes", volume));
    rmSync(`${agent.root}.squashfs`);
    run("chown", "-hR", `${base}:${base}`, agent.root);
    run("mount", "--bind", agent.root, agent.root);
    run("mount", "--make-rshared", agent.root);
    return agent;
  }

  /** Starts the container; resolves when the runtime listens. */
  async start(): Promise<void> {
    this.#host = createServer({ allowHalfOpen: true }, (socket) => this.#serveEffect(socket));
    this.#host.listen(join(this.root, "media/startos/rpc/host.sock"));
    await once(this.#host, "listening");
    run("chown", `${base}:${base}`, join(this.root, "media/startos/rpc/host.sock"));
    writeFileSync(join(dirname(this.root), "config"), this.#config());
    const argv = [
      "-F",
      "-n",
      this.id,
      "-P",
      this.#options.work,
      "-o",
      join(this.#options.work, `${this.id}.lxc.log`),
    ];
    this.#container = spawn("lxc-start", argv, { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#container.stdout, this.#container.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => (this.log += text));
    }
    const service = join(this.root, "media/startos/rpc/service.sock");
    this.#socket = await this.#connect(service);
    createInterface(this.#socket).on("line", (line) => {
      const reply: Reply & { id: unknown } = JSON.parse(line);
      this.#waiting.get(reply.id)?.(reply);
    });
  }

  async ask(method: string, params: Params = {}): Promise<unknown> {
    const id = this.#count++;
    const { promise, resolve } = Promise.withResolvers<Reply>();
    this.#waiting.set(id, resolve);
    this.#socket?.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
    const { result, error } = await promise;
    if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}\n${this.log}`);
    return result;
  }

  /** Resolves when a health check says so. */
  async healthy(check: string): Promise<void> {
    await this.#until(() => this.health.get(check)?.["result"] === "success", `health of ${this.id}`);
  }

  /** SIGTERM to the container's process 1; resolves with what is left of its processes when it has ended. */
  async stop(): Promise<void> {
    const ended =
      this.#container && this.#container.exitCode === null ? once(this.#container, "exit") : undefined;
    // Not waited for in one call: the package's last effects want answers from this very process.
    spawn("lxc-stop", ["-n", this.id, "-P", this.#options.work, "--nokill", "-t", "20"], {
      stdio: "inherit",
    });
    await ended;
    this.#socket?.destroy();
    this.#host?.close();
  }

  /** Resolves when the container has ended by itself, as it does after exit. */
  async ended(): Promise<void> {
    if (this.#container?.exitCode === null) await once(this.#container, "exit");
    this.#host?.close();
  }

  /** Takes everything back, also after a failure. */
  clean(): void {
    this.#container?.kill("SIGKILL");
    run("umount", "-R", "-l", this.root);
    rmSync(dirname(this.root), { recursive: true });
    for (const controller of readdirSync(groups)) {
      for (const name of ["payload", "monitor", ""]) {
        const path = join(groups, controller, group, this.id, name);
        if (existsSync(path)) rmdirSync(path);
      }
    }
  }

  /** Process id of the runtime's node, in our namespace. */
  get runtimePid(): number {
    const init = Number(run("lxc-info", "-n", this.id, "-P", this.#options.work, "-p", "-H"));
    return Number(readFileSync(`/proc/${init}/task/${init}/children`, "utf8").split(" ")[0]);
  }

  async #connect(path: string): Promise<Socket> {
    await this.#until(() => existsSync(path), `${this.id}'s runtime`);
    const socket = connect(path);
    await once(socket, "connect");
    return socket;
  }

  async #until(claim: () => boolean, what: string): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (!claim()) {
      if (Date.now() > deadline)
        throw new Error(`Cannot wait for ${what}: ${this.log} ${JSON.stringify([...this.health])}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  #serveEffect(socket: Socket): void {
    createInterface(socket).on("line", (line) => {
      const { id, method, params }: { id: unknown; method: string; params: Params } = JSON.parse(line);
      this.effects.push([method, params]);
      let reply: Reply;
      try {
        reply = { result: this.#effect(method, params) ?? null };
      } catch (error) {
        reply = { error: { code: 1, message: "failed", data: String(error) } };
      }
      socket.end(`${JSON.stringify({ jsonrpc: "2.0", id, ...reply })}\n`);
    });
    socket.on("error", () => socket.destroy());
  }

  #effect(method: string, params: Params): unknown {
    switch (method) {
      case "get-data-version":
        return this.dataVersion;
      case "set-data-version":
        this.dataVersion = params["version"];
        return null;
      case "set-health":
        this.health.set(String(params["id"]), params);
        return null;
      case "get-container-ip":
        return this.#options.addressOf(String(params["packageId"]));
      case "subcontainer.create-fs":
        return this.#create(String(params["imageId"]));
      case "subcontainer.destroy-fs":
        return this.#destroy(String(params["guid"]));
      default:
        return null;
    }
  }

  #create(image: string): [string, string] {
    const guid = `sub${this.#count++}`;
    const inside = `/media/startos/subcontainers/${guid}`;
    const scratch = join(dirname(this.root), "scratch", guid);
    for (const name of ["upper", "work"]) mkdirSync(join(scratch, name), { recursive: true });
    mkdirSync(join(this.root, inside));
    run("chown", `${base}:${base}`, join(scratch, "upper"), join(this.root, inside));
    const lower = join(this.root, "media/startos/images", image);
    const options = `lowerdir=${lower},upperdir=${scratch}/upper,workdir=${scratch}/work`;
    run("mount", "-t", "overlay", "overlay", "-o", options, join(this.root, inside));
    return [inside, guid];
  }

  #destroy(guid: string): null {
    const path = join(this.root, "media/startos/subcontainers", guid);
    run("umount", "-R", "-l", path);
    rmdirSync(path);
    return null;
  }

  #config(): string {
    return [
      `lxc.uts.name = ${this.id}`,
      `lxc.rootfs.path = dir:${this.root}`,
      `lxc.idmap = u 0 ${base} 65536`,
      `lxc.idmap = g 0 ${base} 65536`,
      "lxc.init.cmd = /usr/bin/start-container pipe-wrap /usr/bin/node /usr/lib/startos/init/index.js",
      "lxc.signal.halt = SIGTERM",
      "lxc.apparmor.profile = unconfined",
      "lxc.net.0.type = veth",
      "lxc.net.0.link = hpbr0",
      "lxc.net.0.flags = up",
      "lxc.net.0.name = eth0",
      `lxc.net.0.ipv4.address = ${this.ip}/24`,
      "lxc.net.0.ipv4.gateway = 10.78.0.1",
      "lxc.mount.auto = proc:mixed sys:mixed",
      "lxc.cap.drop = audit_control audit_read mac_admin mac_override sys_boot sys_module sys_pacct sys_rawio sys_time syslog",
      // Mounts of proc and sysfs in full, without which a container may not mount them again for subcontainers.
      "lxc.mount.entry = proc dev/.lxc/proc proc create=dir 0 0",
      "lxc.mount.entry = sysfs dev/.lxc/sys sysfs create=dir 0 0",
      "lxc.environment = LANG=C.UTF-8",
      "lxc.tty.max = 0",
      "lxc.pty.max = 16",
      "lxc.console.path = none",
      `lxc.cgroup.dir.monitor = ${group}/${this.id}/monitor`,
      `lxc.cgroup.dir.container = ${group}/${this.id}/payload`,
      "",
    ].join("\n");
  }
}
