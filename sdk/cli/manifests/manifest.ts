import type { Fields } from "../json.ts";

/** An object as somebody wrote it, and where. */
export interface Manifest {
  readonly object: Fields;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  /** `web.yaml document 2 (line 14)`, for messages. */
  readonly where: string;
}
