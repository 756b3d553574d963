/** Where the runtime finds its surroundings; section 5.2 of the package ABI. */
export interface RuntimePaths {
  /** Socket this runtime listens on for its host. */
  readonly serviceSocket: string;
  /** Socket the host listens on for effects. */
  readonly hostSocket: string;
  /** The package's JavaScript. */
  readonly packageEntry: string;
}

export const containerPaths: RuntimePaths = {
  serviceSocket: "/media/startos/rpc/service.sock",
  hostSocket: "/media/startos/rpc/host.sock",
  packageEntry: "/usr/lib/startos/package/index.js",
};
