import "reflect-metadata";
import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";

import { builtInKinds, type Kind } from "@freehold/apis";
import type { Backend, ResourceStore } from "@freehold/store";
import type { DynamicModule } from "@nestjs/common";
import { NestFactory } from "@nestjs/core/nest-factory.js";

import { AuditLog } from "../audit/audit-log.ts";
import { CertificateAuthority } from "../auth/certificate-authority.ts";
import { TokenFile } from "../auth/token-file.ts";
import { Compactor } from "../controllers/compactor.ts";
import { EventExpiry } from "../controllers/event-expiry.ts";
import { GarbageCollector } from "../controllers/garbage-collector.ts";
import { NamespaceLifecycle } from "../controllers/namespace-lifecycle.ts";
import { WorkerRuleEngine } from "../crd/cel/worker-rule-engine.ts";
import { Definitions } from "../crd/definitions.ts";
import { HistoryExpiry } from "../history/history-expiry.ts";
import { DEFAULT_POLICY } from "../history/history-policy.ts";
import { Documents } from "../http/documents.ts";
import type { Foresight } from "../http/plan-reply.ts";
import { RequestLimits } from "../limits/request-limits.ts";
import { KindTable } from "../registry/kind-table.ts";
import { registryStore } from "../registry/registry-store.ts";
import { Registry } from "../registry/registry.ts";
import { awaitedHashes } from "../uploads/awaited-hashes.ts";
import { Uploads } from "../uploads/uploads.ts";
import type { ApiServerOptions } from "./api-server.ts";
import { AUTH, type AuthPorts, authProviders } from "./auth-providers.ts";
import { Doors } from "./doors.ts";

type Options = ApiServerOptions & { readonly clock: () => number };

const OPTIONS = Symbol("options");
/** Undefined where archives cannot be uploaded. */
const UPLOADS = Symbol("uploads");

/** Consonants and digits, as Kubernetes: no words come out. */
const SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** Nest names a module by its class. */
class ApiModule {
  readonly name = "api";
}

/**
 * The server's parts and what each is made of. Tokens are explicit and there are no decorators, so that the same file runs
 * compiled, under Vitest and by Node's type stripping.
 */
function apiModule(options: Options): DynamicModule {
  return {
    module: ApiModule,
    providers: [
      { provide: OPTIONS, useValue: options },
      { provide: KindTable, useFactory: () => new KindTable(options.kinds ?? builtInKinds) },
      { provide: Registry, useFactory: createRegistry, inject: [OPTIONS, KindTable, WorkerRuleEngine] },
      { provide: WorkerRuleEngine, useFactory: () => new WorkerRuleEngine() },
      { provide: Documents, useFactory: (kinds: KindTable) => new Documents(kinds), inject: [KindTable] },
      ...authProviders(options),
      {
        provide: CertificateAuthority,
        useFactory: ({ dataDir, clock }: Options) => CertificateAuthority.open(join(dataDir, "pki"), clock()),
        inject: [OPTIONS],
      },
      { provide: Definitions, useFactory: createDefinitions, inject: [OPTIONS, Registry] },
      { provide: NamespaceLifecycle, useFactory: createNamespaceLifecycle, inject: [OPTIONS, Registry] },
      { provide: GarbageCollector, useFactory: createGarbageCollector, inject: [OPTIONS, Registry] },
      { provide: Compactor, useFactory: createCompactor, inject: [OPTIONS] },
      {
        provide: HistoryExpiry,
        useFactory: ({ backend, clock, history = {}, log = () => undefined }: Options) =>
          new HistoryExpiry({ backend, clock, log, policy: { ...DEFAULT_POLICY, ...history } }),
        inject: [OPTIONS],
      },
      { provide: EventExpiry, useFactory: createEventExpiry, inject: [OPTIONS, Registry] },
      { provide: UPLOADS, useFactory: createUploads, inject: [OPTIONS, Registry] },
      {
        provide: Doors,
        useFactory: createDoors,
        inject: [OPTIONS, Registry, Documents, CertificateAuthority, UPLOADS, AUTH],
      },
    ],
  };
}

export interface Context {
  readonly authority: CertificateAuthority;
  readonly tokens: TokenFile;
  readonly store: ResourceStore;
  readonly storeThrough: (backend: Backend) => ResourceStore;
  readonly port: number;
  stop(): Promise<void>;
}

/** Builds the parts, starts them in order, and opens the doors last. */
export async function createContext(options: Options): Promise<Context> {
  const context = await NestFactory.createApplicationContext(apiModule(options), {
    logger: false,
    abortOnError: false,
  });
  const doors = context.get(Doors);
  return {
    authority: context.get(CertificateAuthority),
    tokens: context.get(TokenFile),
    store: registryStore(context.get(Registry)),
    storeThrough: (backend) =>
      registryStore(
        createRegistry({ ...options, backend }, context.get(KindTable), context.get(WorkerRuleEngine)),
      ),
    port: doors.port,
    stop: () => context.close(),
  };
}

function createRegistry(
  { backend, clock, finalizers = {} }: Options,
  kinds: KindTable,
  rules: WorkerRuleEngine,
): Registry {
  const finalizersOf = (kind: Kind): readonly string[] => finalizers[kind.id] ?? [];
  return new Registry({ backend, kinds, clock, newUid: randomUUID, newSuffix, finalizersOf, rules });
}

function newSuffix(): string {
  return Array.from(randomBytes(5), (byte) => SUFFIX_LETTERS[byte % SUFFIX_LETTERS.length]).join("");
}

/** Nothing may look at objects, let alone delete some, before all kinds are known. */
async function createDefinitions(
  { clock, log = () => undefined }: Options,
  registry: Registry,
): Promise<Definitions> {
  const definitions = new Definitions(registry, clock, log);
  await definitions.load();
  return definitions;
}

function createNamespaceLifecycle(
  { log = () => undefined }: Options,
  registry: Registry,
): NamespaceLifecycle {
  return new NamespaceLifecycle(registry, log);
}

function createGarbageCollector(
  { backend, log = () => undefined }: Options,
  registry: Registry,
): GarbageCollector {
  return new GarbageCollector(backend, registry, log);
}

function createCompactor({ backend, log = () => undefined }: Options): Compactor {
  return new Compactor(backend, log);
}

function createEventExpiry({ clock, log = () => undefined }: Options, registry: Registry): EventExpiry {
  return new EventExpiry({ registry, clock, log });
}

function createUploads(
  { dataDir, verifyArchive: verify, clock, log = () => undefined }: Options,
  registry: Registry,
): Uploads | undefined {
  if (!verify) return undefined;
  const awaited = (): Promise<ReadonlySet<string>> => awaitedHashes(registry);
  return new Uploads({ folder: join(dataDir, "uploads"), verify, awaited, clock, log });
}

function createDoors(
  options: Options,
  registry: Registry,
  documents: Documents,
  ...[authority, uploads, auth]: [CertificateAuthority, Uploads | undefined, AuthPorts]
): Doors {
  const { listen, socketPath, names, clock, log = () => undefined } = options;
  const foresee: Foresight = async (change) =>
    (await options.foresee?.(change, registryStore(registry))) ?? [];
  const ports = {
    registry,
    documents,
    clock,
    log,
    ...auth,
    limits: new RequestLimits(options.limits),
    audit: options.audit && new AuditLog(options.audit, log),
    uploads,
    timing: { random: Math.random },
    foresee,
  };
  return new Doors({ ...ports, listen, socketPath, names: [listen.host, ...names], authority });
}
