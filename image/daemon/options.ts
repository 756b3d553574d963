import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { readStoreSpec, type StoreSpec } from "./store-spec.ts";

/** What the daemons are told on their command line. */
export interface DaemonOptions {
  readonly data: string;
  readonly host: string;
  readonly port: number;
  readonly agent: boolean;
  readonly machine: string | undefined;
  readonly bridgeCidr: string;
  readonly bridgeLink: string;
  /** Names and addresses people will reach the API by. */
  readonly names: readonly string[];
  readonly runtimeImage: string | undefined;
  /** The server's state; in the data folder when absent. */
  readonly store: StoreSpec | undefined;
  /** Where it is written who did what; in the data folder when absent, nowhere when "off". */
  readonly auditLog: string | undefined;
}

export const DAEMON_USAGE = `usage: freehold up|down|server|agent --data DIR [options]
  --data DIR             folder for everything (server/, agent/, admin.kubeconfig)
  --listen HOST:PORT     where the API answers (default 127.0.0.1:6443; port 0 takes any free one)
  --no-agent             server only: nothing on this machine is touched
  --machine NAME         name of this machine (default: its host name)
  --bridge-cidr CIDR     this machine's address among its containers (default 10.77.0.1/16)
  --bridge-link NAME     name of the bridge (default fhbr0)
  --name NAME            a host name or address the API's certificate is for; may be repeated
  --store SPEC           where the state lies: etcd:http://HOST:PORT or embedded:FILE (default: server/store.db in DIR)
  --audit-log FILE|off   where it is written who changed what and who was refused (default: server/audit/audit.log in DIR)
  --runtime-image FILE   root image of all containers (default: the one that was built)`;

/** Throws Error with a sentence for people. */
export function readDaemonOptions(argv: readonly string[]): DaemonOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      data: { type: "string" },
      listen: { type: "string", default: "127.0.0.1:6443" },
      "no-agent": { type: "boolean", default: false },
      machine: { type: "string" },
      "bridge-cidr": { type: "string", default: "10.77.0.1/16" },
      "bridge-link": { type: "string", default: "fhbr0" },
      name: { type: "string", multiple: true, default: [] },
      "runtime-image": { type: "string" },
      store: { type: "string" },
      "audit-log": { type: "string" },
    },
  });
  if (values.data === undefined) throw new Error("Cannot start: --data is missing");
  const { host, port } = readListen(values.listen);
  return {
    data: resolve(values.data),
    host,
    port,
    agent: !values["no-agent"],
    machine: values.machine,
    bridgeCidr: values["bridge-cidr"],
    bridgeLink: values["bridge-link"],
    names: values.name,
    runtimeImage: values["runtime-image"],
    store: values.store === undefined ? undefined : readStoreSpec(values.store),
    auditLog: values["audit-log"],
  };
}

function readListen(text: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:]*)):(\d+)$/.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || !(port <= 65_535)) {
    throw new Error(`Cannot listen on "${text}": wanted HOST:PORT, for example 0.0.0.0:6443`);
  }
  return { host: host === "" ? "0.0.0.0" : host, port };
}
