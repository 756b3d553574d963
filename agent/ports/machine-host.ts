/** Facts of the machine, probed once. */
export interface MachineFacts {
  readonly architecture: string;
  readonly kernel: string;
  readonly os: string;
  readonly cgroups: "v1" | "v2";
  readonly memoryBytes: number;
  readonly cpus: number;
  /** Feature → the way it is done here: `"idmapped-overlay": "layer-fd"`. */
  readonly features: Readonly<Record<string, string>>;
}

export interface MachineHost {
  facts(): Promise<MachineFacts>;
}
