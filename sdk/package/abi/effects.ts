import type {
  ActionInput,
  ActionMetadata,
  ActionResult,
  BindOptions,
  DependencyRequirement,
  HealthResult,
  ServiceInterface,
} from "./values.ts";

type Callback = () => void;
interface OfPackage {
  /** The package itself when not given. */
  readonly packageId?: string;
}
interface Watched {
  /** Called once when the answer may have changed. */
  readonly callback?: Callback;
}
type Except<T> = { readonly except: readonly T[] };
type OnlyOrExcept<T> = { readonly only: readonly T[] } | Except<T>;

/**
 * What a package can ask of its host: one method per RPC method of the package ABI, section 5.6.
 * Every method rejects with an Error whose message carries the host's text.
 */
export interface Effects {
  /** The init, exit or execute this belongs to; null in main. */
  readonly eventId: string | null;
  /** Called by watched reads when what they read has changed; how to redo the work around it. */
  constRetry?: (() => void) | undefined;
  /** False as soon as the work this belongs to is over. */
  isInContext: boolean;
  child(name: string): Effects;
  onLeaveContext(hook: () => void | null | undefined): void;
  clearCallbacks(options: OnlyOrExcept<number>): Promise<null>;
  readonly action: {
    export(options: { readonly id: string; readonly metadata: ActionMetadata }): Promise<null>;
    clear(options: Except<string>): Promise<null>;
    getInput(options: OfPackage & { readonly actionId: string }): Promise<ActionInput | null>;
    run(
      options: OfPackage & { readonly actionId: string; readonly input?: unknown },
    ): Promise<ActionResult | null>;
    createTask(options: Readonly<Record<string, unknown>>): Promise<null>;
    clearTasks(options: OnlyOrExcept<string>): Promise<null>;
  };
  restart(): Promise<null>;
  shutdown(): Promise<null>;
  getStatus(options: OfPackage & Watched): Promise<unknown>;
  setMainStatus(options: { readonly status: "running" | "stopped" }): Promise<null>;
  setDependencies(options: { readonly dependencies: readonly DependencyRequirement[] }): Promise<null>;
  getDependencies(): Promise<DependencyRequirement[]>;
  checkDependencies(options: { readonly packageIds?: readonly string[] }): Promise<unknown[]>;
  mount(options: { readonly location: string; readonly target: unknown }): Promise<string>;
  getInstalledPackages(): Promise<string[]>;
  getServiceManifest(options: { readonly packageId: string } & Watched): Promise<unknown>;
  setBackupProgress(options: { readonly progress: unknown }): Promise<null>;
  setInitProgress(options: { readonly progress: unknown }): Promise<null>;
  setHealth(options: HealthResult & { readonly id: string; readonly name: string }): Promise<null>;
  readonly notification: { create(options: Readonly<Record<string, unknown>>): Promise<null> };
  readonly subcontainer: {
    /** Path as seen inside the container, and guid. */
    createFs(options: { readonly imageId: string; readonly name: string | null }): Promise<[string, string]>;
    destroyFs(options: { readonly guid: string }): Promise<null>;
  };
  bind(options: BindOptions): Promise<null>;
  bindRange(options: Readonly<Record<string, unknown>>): Promise<null>;
  getServicePortForward(
    options: OfPackage & { readonly hostId: string; readonly internalPort: number },
  ): Promise<unknown>;
  clearBindings(options: Except<{ readonly id: string; readonly internalPort: number }>): Promise<null>;
  getHostInfo(options: OfPackage & { readonly hostId: string } & Watched): Promise<unknown>;
  /** IPv4 address of a package's container; null while it has none. */
  getContainerIp(options: OfPackage & Watched): Promise<string | null>;
  getOsIp(): Promise<string>;
  getOutboundGateway(options: Watched): Promise<string>;
  exportServiceInterface(options: ServiceInterface): Promise<null>;
  exportRangeServiceInterface(options: Readonly<Record<string, unknown>>): Promise<null>;
  getServiceInterface(
    options: OfPackage & { readonly serviceInterfaceId: string } & Watched,
  ): Promise<ServiceInterface | null>;
  listServiceInterfaces(options: OfPackage & Watched): Promise<Record<string, ServiceInterface>>;
  clearServiceInterfaces(options: Except<string>): Promise<null>;
  readonly plugin: {
    readonly url: {
      register(options: { readonly tableAction: string }): Promise<null>;
      exportUrl(options: Readonly<Record<string, unknown>>): Promise<null>;
      clearUrls(options: Except<unknown>): Promise<null>;
    };
  };
  /** Leaf, intermediate and root as PEM. */
  getSslCertificate(
    options: { readonly hostnames: readonly string[]; readonly algorithm?: "ecdsa" | "ed25519" } & Watched,
  ): Promise<[string, string, string]>;
  getSslKey(options: {
    readonly hostnames: readonly string[];
    readonly algorithm?: "ecdsa" | "ed25519";
  }): Promise<string>;
  setDataVersion(options: { readonly version: string | null }): Promise<null>;
  getDataVersion(): Promise<string | null>;
  getSystemSmtp(options: Watched): Promise<unknown>;
}
