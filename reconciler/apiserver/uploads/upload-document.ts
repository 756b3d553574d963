/** How an upload stands, as clients read it. */
export interface UploadDocument {
  readonly apiVersion: "uploads.freehold.dev/v1";
  readonly kind: "ArchiveUpload";
  readonly rootHash: string;
  /** `Receiving` wants bytes from `received` on; `Refused` is gone, and `message` says why. */
  readonly state: "Receiving" | "Verifying" | "Verified" | "Refused";
  /** Bytes it is to have. */
  readonly size: number;
  /** Bytes that are on disk: where to go on. */
  readonly received: number;
  /** While it is verified: bytes that were found right. */
  readonly verifiedBytes?: number;
  readonly message?: string;
}

export const UPLOAD_META = { apiVersion: "uploads.freehold.dev/v1", kind: "ArchiveUpload" } as const;
