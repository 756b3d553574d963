/** Data that crosses between a package and its host; shapes of section 7 of the package ABI. */
export type Localized = string | Readonly<Record<string, string>>;

export type HealthStatus = "success" | "disabled" | "starting" | "waiting" | "loading" | "failure";

export interface HealthResult {
  readonly result: HealthStatus;
  /** Details for people; wanted when loading or failing. */
  readonly message: string | null;
}

export type DependencyRequirement =
  | {
      readonly kind: "running";
      readonly id: string;
      readonly healthChecks: readonly string[];
      readonly versionRange: string;
    }
  | { readonly kind: "exists"; readonly id: string; readonly versionRange: string };

export interface ServiceInterface {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly masked: boolean;
  readonly type: "ui" | "p2p" | "api";
  readonly addressInfo: {
    readonly username: string | null;
    readonly hostId: string;
    readonly internalPort: number;
    readonly scheme: string | null;
    readonly sslScheme: string | null;
    readonly suffix: string;
  };
}

export interface AddSsl {
  readonly preferredExternalPort: number;
  readonly addXForwardedHeaders: boolean;
  readonly alpn: "reflect" | { readonly specified: readonly string[] } | null;
  readonly auth: null;
}

export interface BindOptions {
  readonly id: string;
  readonly internalPort: number;
  readonly preferredExternalPort: number;
  readonly addSsl: AddSsl | null;
  readonly secure: { readonly ssl: boolean } | null;
}

export interface ActionMetadata {
  readonly name: string;
  readonly description: string;
  readonly warning: string | null;
  readonly visibility: "enabled" | "hidden" | { readonly disabled: string };
  readonly allowedStatuses: "only-running" | "only-stopped" | "any";
  readonly hasInput: boolean;
  readonly group: string | null;
}

export interface ActionInput {
  readonly eventId: string;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly value: Readonly<Record<string, unknown>> | null;
}

export interface ActionResult {
  readonly version: "1";
  readonly title: string;
  readonly message: string | null;
  readonly result: {
    readonly type: "single";
    readonly value: string;
    readonly copyable: boolean;
    readonly qr: boolean;
    readonly masked: boolean;
  } | null;
}

/** Why `init` is called: the first time, after another version, from a backup, or just because the container is new. */
export type InitKind = "install" | "update" | "restore" | null;
