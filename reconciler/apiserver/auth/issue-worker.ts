import { parentPort } from "node:worker_threads";

import {
  issueAuthority,
  issueLeaf,
  type LeafRequest,
  type PemPair,
  type Validity,
} from "./issue-certificate.ts";

/** What may be asked for: an authority, or a certificate that one signs. */
export type IssueRequest =
  | { readonly type: "authority"; readonly commonName: string; readonly validity: Validity }
  | { readonly type: "leaf"; readonly authority: PemPair; readonly leaf: LeafRequest };

function issue(request: IssueRequest): Promise<PemPair> {
  if (request.type === "leaf") return issueLeaf(request.authority, request.leaf);
  return issueAuthority(request.commonName, request.validity);
}

// Asked by issueInWorker, which is of the same build. A failure ends the thread with its error.
parentPort?.on("message", ({ id, request }: { readonly id: number; readonly request: IssueRequest }) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  void issue(request).then((pair) => parentPort?.postMessage({ id, pair }));
});
