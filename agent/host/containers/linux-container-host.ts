import { mkdir, readdir, rm } from "node:fs/promises";

import {
  type Cancellation,
  type ContainerDefinition,
  type ContainerHost,
  type ContainerState,
  type ExecRequest,
  type ExecResult,
  HostError,
  type Limits,
} from "@freehold/agent-ports";

import { attempt } from "../host-failure.ts";
import { findLink } from "../links/find-link.ts";
import { isolatePort } from "../links/isolate-port.ts";
import { lookAgain } from "../look-again.ts";
import { ContainerFolder } from "./container-folder.ts";
import type { ContainerHostOptions } from "./container-host-options.ts";
import { ContainerLife } from "./container-life.ts";
import { execInContainer } from "./exec-container.ts";
import { OneAtATime } from "./one-at-a-time.ts";
import { startTimeOf } from "./process-facts.ts";

/**
 * Containers by lxc-start(1) as a detached child each. Nothing is kept in memory that is not in proc, the cgroups or the container's
 * folder, so any number of agents may come and go during a container's life.
 */
export class LinuxContainerHost implements ContainerHost {
  readonly #options: ContainerHostOptions;
  readonly #turns = new OneAtATime();
  readonly #lives = new Map<string, ContainerLife>();
  readonly #listeners = new Set<() => void>();
  #adopted: Promise<void> | undefined;

  constructor(options: ContainerHostOptions) {
    this.#options = options;
  }

  async container(name: string): Promise<ContainerState | undefined> {
    return attempt("read container", name, async () => {
      const life = await this.#life(name);
      // A start whose agent was killed may make cgroups after the folder is gone: they too are of a container.
      if (!(await life.folder.exists()) && !this.#options.cgroups.has(name)) return undefined;
      const [definition, record, found] = await Promise.all([
        life.folder.definition(),
        life.folder.record(),
        life.processes(),
      ]);
      return {
        name,
        state: await life.state(record, found),
        definition,
        starts: record.starts,
        limits: found ? await this.#options.cgroups.limits(name) : {},
        linked: definition !== undefined && found !== undefined && (await this.#isLinked(definition)),
        ...(found?.init !== undefined && found.initRuns ? initFacts(found.init) : {}),
        ...(record.lastExit ? { lastExit: record.lastExit } : {}),
      };
    });
  }

  async containers(): Promise<readonly string[]> {
    return attempt("list", this.#options.root, async () => {
      // LXC makes sure that the root of a container may look up this path.
      await mkdir(this.#options.root, { recursive: true, mode: 0o711 });
      const [folders, cgroups] = await Promise.all([
        readdir(this.#options.root),
        this.#options.cgroups.names(),
      ]);
      return [...new Set([...folders, ...cgroups])].toSorted();
    });
  }

  async create(definition: ContainerDefinition): Promise<void> {
    await this.#change("create", definition.name, (life) => life.folder.writeDefinition(definition));
  }

  async start(name: string): Promise<void> {
    await this.#change("start", name, (life) => life.start());
  }

  async stop(name: string, graceMs: number): Promise<void> {
    await this.#change("stop", name, (life) => life.stop(graceMs));
  }

  async setLimits(name: string, limits: Limits): Promise<void> {
    await this.#change("limit", name, async (life) => {
      await this.#running(life);
      await this.#options.cgroups.setLimits(name, limits);
    });
  }

  async relink(name: string): Promise<void> {
    await this.#change("link", name, async (life) => {
      const definition = await life.folder.definition();
      if (!definition) throw new HostError("missing", `Cannot link "${name}": it has no definition`);
      const { hostLink, bridge } = definition.network;
      const { routes } = this.#options;
      const [link, master] = await Promise.all([findLink(routes, hostLink), findLink(routes, bridge)]);
      if (!link) throw new HostError("missing", `Cannot link "${name}": no link "${hostLink}"`);
      if (!master) throw new HostError("missing", `Cannot link "${name}": no bridge "${bridge}"`);
      await routes.setMaster(link.index, master.index);
      await isolatePort(hostLink);
      await routes.setUp(link.index);
    });
  }

  async destroy(name: string): Promise<void> {
    await this.#change("destroy", name, async (life) => {
      if (await life.processes()) throw new HostError("busy", `Cannot destroy "${name}": it runs`);
      await life.cleanUp();
      await rm(life.folder.path, { recursive: true, force: true });
      this.#lives.delete(name);
    });
  }

  async exec(name: string, request: ExecRequest, cancellation: Cancellation): Promise<ExecResult> {
    return attempt("run in container", name, async () => {
      await this.#running(await this.#life(name));
      const programs = await this.#options.programs();
      return execInContainer({ name, root: this.#options.root }, request, programs, cancellation);
    });
  }

  logPath(name: string): string {
    return new ContainerFolder(this.#options.root, name).logPath;
  }

  changes(cancellation: Cancellation): AsyncIterable<void> {
    return lookAgain(cancellation, (notify) => {
      this.#listeners.add(notify);
      // Looks at what runs already, to hear of its end too; a failure shows itself to whoever looks next.
      this.#adopt().catch(notify);
      return { [Symbol.dispose]: () => void this.#listeners.delete(notify) };
    });
  }

  /** Watches what runs and finishes what an agent before this one began. */
  #adopt(): Promise<void> {
    this.#adopted ??= (async () => {
      for (const name of await this.containers()) {
        const life = this.#lifeOf(name);
        await this.#turns.run(name, () => life.adopt());
      }
    })();
    this.#adopted.catch(() => (this.#adopted = undefined));
    return this.#adopted;
  }

  async #life(name: string): Promise<ContainerLife> {
    await this.#adopt();
    return this.#lifeOf(name);
  }

  #lifeOf(name: string): ContainerLife {
    const known = this.#lives.get(name);
    if (known) return known;
    const folder = new ContainerFolder(this.#options.root, name);
    const notify = (): void => {
      for (const listener of this.#listeners) listener();
    };
    const life = new ContainerLife(folder, this.#options, notify, (work) => this.#turns.run(name, work));
    this.#lives.set(name, life);
    return life;
  }

  #change(action: string, name: string, work: (life: ContainerLife) => Promise<void>): Promise<void> {
    return attempt(action, name, async () => {
      const life = await this.#life(name);
      await this.#turns.run(name, () => work(life));
    });
  }

  async #running(life: ContainerLife): Promise<void> {
    if ((await life.processes())?.initRuns) return;
    throw new HostError("missing", `Cannot reach "${life.folder.name}": it does not run`);
  }

  async #isLinked({ network }: ContainerDefinition): Promise<boolean> {
    const links = await this.#options.routes.links();
    const bridge = links.find(({ name }) => name === network.bridge);
    const link = links.find(({ name }) => name === network.hostLink);
    return bridge !== undefined && link?.master === bridge.index;
  }
}

function initFacts(init: number): Pick<ContainerState, "initPid" | "startedAt"> {
  const startedAt = startTimeOf(init);
  return startedAt === undefined ? {} : { initPid: init, startedAt };
}
