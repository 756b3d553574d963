export interface LeaseKeys {
  /** Rewritten at each renewal, gone when nobody holds the lease. */
  readonly holder: string;
  /** Changes only when the lease changes hands. */
  readonly fence: string;
}

/** Beside the objects' `/registry/`, so that no list or watch of objects sees them. */
export function leaseKeys(name: string): LeaseKeys {
  return { holder: `/lease/${name}/holder`, fence: `/lease/${name}/fence` };
}

export function textOf(identity: string): Uint8Array {
  return Buffer.from(identity);
}
