import { readFileSync } from "node:fs";

import { signingKeyOf } from "../keys/signing-key.ts";

/** Made by an independent writer and accepted by upstream's reader. */
export const proof = new Uint8Array(readFileSync(new URL("golden/proof.s9pk", import.meta.url)));

/** The same archive with `images` and `assets.squashfs` left out; same signature. */
export const filtered = new Uint8Array(readFileSync(new URL("golden/filtered.s9pk", import.meta.url)));

/** The key both are signed with. */
export const proofKey = signingKeyOf(new Uint8Array(32).fill(0x11));
