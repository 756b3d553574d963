import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Kind } from "@freehold/apis";
import type { Backend, ResourceStore } from "@freehold/store";

import type { AuditLogOptions } from "../audit/audit-log.ts";
import { MASTERS } from "../auth/identity.ts";
import type { PemPair } from "../auth/issue-certificate.ts";
import { kubeconfigOf, opensServer } from "../auth/kubeconfig.ts";
import type { HistoryPolicy } from "../history/history-policy.ts";
import type { ObjectChange } from "../history/record-change.ts";
import type { LimitOptions } from "../limits/request-limits.ts";
import type { VerifyArchive } from "../uploads/verification.ts";
import { createContext } from "./api-module.ts";

export interface ApiServerOptions {
  readonly backend: Backend;
  /** Where the authority, the serving certificate and the tokens are kept; made when missing. */
  readonly dataDir: string;
  /** Port 0 takes any free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Also serves the API in the clear on a Unix socket. */
  readonly socketPath?: string;
  /** Host names and addresses the certificate is for, beside localhost and 127.0.0.1. */
  readonly names: readonly string[];
  /** Absent: all of `builtInKinds`. */
  readonly kinds?: readonly Kind[];
  /** Names the controller that writes a derived kind, for the message that refuses a person. */
  readonly ownerOf?: (kind: Kind) => string | undefined;
  /**
   * Finalizers that new objects are born with, by kind id: of the controllers that are known to look after them, which so need not
   * claim each in a write of its own (as Kubernetes' admission does for storage in use).
   */
  readonly finalizers?: Readonly<Record<string, readonly string[]>>;
  /** Reads a whole archive; absent: none can be uploaded. */
  readonly verifyArchive?: VerifyArchive;
  /** Where it is written who did what; absent: nowhere. */
  readonly audit?: AuditLogOptions;
  /** How much is done at once. */
  readonly limits?: LimitOptions;
  /** What is kept of former wishes; by default 90 days, 100 changes of each object, 16 MiB of all. */
  readonly history?: Partial<HistoryPolicy>;
  /** Tells what a change would do to other objects; absent, nobody knows. */
  readonly foresee?: (change: ObjectChange, store: ResourceStore) => Promise<readonly ObjectChange[]>;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
  readonly log?: (message: string) => void;
}

export interface KubeconfigOptions {
  /** Absent: this port on 127.0.0.1. */
  readonly server?: string;
  readonly user?: string;
  readonly groups?: readonly string[];
}

/** A running API server. */
export interface ApiServer {
  /** The same objects under the same rules, for controllers in this process. */
  readonly store: ResourceStore;
  /** `store` over another way to the same backend, for example a fenced one. */
  storeThrough(backend: Backend): ResourceStore;
  readonly port: number;
  /** PEM. */
  readonly caCertificate: string;
  issueClientCertificate(user: string, groups: readonly string[]): Promise<PemPair>;
  /** A bearer token, replacing the one this user of these groups had. */
  issueToken(user: string, groups: readonly string[]): Promise<string>;
  /** Whose token this is; undefined when it is nobody's. */
  userOf(token: string): Promise<string | undefined>;
  /** Writes a kubeconfig with a client certificate in it; by default for an administrator. Mode 0600. */
  writeKubeconfig(path: string, options?: KubeconfigOptions): Promise<void>;
  /** Ends watches, lets requests under way finish, and leaves the backend open. */
  stop(): Promise<void>;
}

/** The administrator's kubeconfig is made anew when less is left of its certificate. */
const RENEW_MS = 60 * 24 * 3600 * 1000;

/** Starts the API server: the store's front door over TLS and a Unix socket. Needs no privileges and never touches the host. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  const clock = options.clock ?? Date.now;
  const { authority, tokens, store, storeThrough, port, stop } = await createContext({ ...options, clock });
  const issueClientCertificate = (user: string, groups: readonly string[]): Promise<PemPair> =>
    authority.client(user, groups, clock());
  const writeKubeconfig = async (path: string, wanted: KubeconfigOptions = {}): Promise<void> => {
    const { server = `https://127.0.0.1:${port}`, user = "admin", groups = [MASTERS] } = wanted;
    const credential = await issueClientCertificate(user, groups);
    const text = kubeconfigOf({ server, caCertificate: authority.certificate, user, credential });
    await writeFile(path, text, { mode: 0o600 });
  };
  const adminPath = join(options.dataDir, "admin.kubeconfig");
  const facts = { server: `https://127.0.0.1:${port}`, caCertificate: authority.certificate };
  const old = await readIfThere(adminPath);
  // Issuing at every start would load the certificate library, which is a large part of the server's memory.
  if (old === undefined || !opensServer(old, facts, clock() + RENEW_MS)) await writeKubeconfig(adminPath);
  return {
    store,
    storeThrough,
    port,
    caCertificate: authority.certificate,
    issueClientCertificate,
    issueToken: (user, groups) => tokens.issue(user, groups),
    userOf: async (token) => tokens.identify(token)?.user,
    writeKubeconfig,
    stop,
  };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, "code") === "ENOENT") return undefined;
    throw error;
  }
}
