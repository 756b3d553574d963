/** A request that should be refused. */
export interface Attempt {
  readonly name: string;
  readonly method?: string;
  readonly path?: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** What it must be answered with; any 4xx when absent. */
  readonly status?: number;
}

export const PACKAGES = "/apis/package.freehold.dev/v1alpha1/namespaces/default/packages";
export const MAPS = "/api/v1/namespaces/default/configmaps";

export function packageOf(spec: unknown, metadata: object = { name: "bad" }): object {
  return { apiVersion: "package.freehold.dev/v1alpha1", kind: "Package", metadata, spec };
}

export const wellSpec = { source: { file: "/a.s9pk" }, running: true } as const;
