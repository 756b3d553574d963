import { ed25519ph } from "@noble/curves/ed25519.js";

import { ByteWriter } from "../format/byte-writer.ts";
import type { SigningKey } from "./signing-key.ts";

const context = new TextEncoder().encode("s9pk");

/** Signs a commitment (sighash and maxsize) with RFC 8032 Ed25519ph, context "s9pk"; 64 bytes. */
export function signCommitment(rootHash: Uint8Array, rootMaxSize: number, key: SigningKey): Uint8Array {
  return ed25519ph.sign(messageOf(rootHash, rootMaxSize), key.seed, { context });
}

/** Whether the signature is the signer's. Strict RFC 8032 rules, as the upstream host's verifier. */
export function isCommitmentSigned(
  commitment: { readonly rootHash: Uint8Array; readonly rootMaxSize: number },
  signature: Uint8Array,
  signer: Uint8Array,
): boolean {
  try {
    const message = messageOf(commitment.rootHash, commitment.rootMaxSize);
    return ed25519ph.verify(signature, message, signer, { context, zip215: false });
  } catch {
    // The library throws on a key that is no point of the curve; for the caller that is just not a signature.
    return false;
  }
}

function messageOf(rootHash: Uint8Array, rootMaxSize: number): Uint8Array {
  return new ByteWriter(40).put(rootHash).u64(rootMaxSize).bytes;
}
