import { X509Certificate } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";

import type { PemPair } from "./issue-certificate.ts";
import { issueInWorker } from "./issue-in-worker.ts";

const DAY_MS = 24 * 3600 * 1000;
const CA_DAYS = 3650;
const LEAF_DAYS = 365;
/** Renewed at start when less is left. */
const RENEW_DAYS = 60;

/** The server's own authority (ECDSA P-256): `ca.crt` and `ca.key` in its folder, made at the first start. */
export class CertificateAuthority {
  readonly certificate: string;
  readonly #folder: string;
  readonly #key: string;

  private constructor(folder: string, { certificate, key }: PemPair) {
    this.#folder = folder;
    this.certificate = certificate;
    this.#key = key;
  }

  static async open(folder: string, now: number): Promise<CertificateAuthority> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const found = await readPair(folder, "ca");
    if (found) return new CertificateAuthority(folder, found);
    const validity = { notBefore: now - DAY_MS, notAfter: now + CA_DAYS * DAY_MS };
    const made = await issueInWorker({ type: "authority", commonName: "Freehold API", validity });
    await writePair(folder, "ca", made);
    return new CertificateAuthority(folder, made);
  }

  /** The serving certificate for these host names and addresses; a new one when the old one is near its end or names others. */
  async serving(names: readonly string[], now: number): Promise<PemPair> {
    const wanted = [...new Set(["localhost", "127.0.0.1", ...names])];
    const found = await readPair(this.#folder, "server");
    if (found && this.#stillServes(found.certificate, wanted, now)) return found;
    const made = await this.#issue({
      commonName: "freehold",
      groups: [],
      names: wanted,
      usage: "server",
      now,
    });
    await writePair(this.#folder, "server", made);
    return made;
  }

  /** A certificate that lets its holder in as this user of these groups; it is kept nowhere. */
  async client(user: string, groups: readonly string[], now: number): Promise<PemPair> {
    return this.#issue({ commonName: user, groups, names: [], usage: "client", now });
  }

  async #issue(request: {
    commonName: string;
    groups: readonly string[];
    names: readonly string[];
    usage: "server" | "client";
    now: number;
  }): Promise<PemPair> {
    const authority: PemPair = { certificate: this.certificate, key: this.#key };
    const validity = { notBefore: request.now - DAY_MS, notAfter: request.now + LEAF_DAYS * DAY_MS };
    return issueInWorker({ type: "leaf", authority, leaf: { ...request, ...validity } });
  }

  #stillServes(pem: string, names: readonly string[], now: number): boolean {
    const certificate = new X509Certificate(pem);
    const left = certificate.validToDate.getTime() - now;
    const isOurs = certificate.verify(new X509Certificate(this.certificate).publicKey);
    return isOurs && left > RENEW_DAYS * DAY_MS && names.every((name) => covers(certificate, name));
  }
}

function covers(certificate: X509Certificate, name: string): boolean {
  return (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined;
}

async function readPair(folder: string, name: string): Promise<PemPair | undefined> {
  try {
    const [certificate, key] = await Promise.all([
      readFile(join(folder, `${name}.crt`), "utf8"),
      readFile(join(folder, `${name}.key`), "utf8"),
    ]);
    return { certificate, key };
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, "code") === "ENOENT") return undefined;
    throw error;
  }
}

/** The key first: a certificate whose key is missing is made anew, a key alone harms nobody. */
async function writePair(folder: string, name: string, pair: PemPair): Promise<void> {
  for (const [ending, text] of [
    ["key", pair.key],
    ["crt", pair.certificate],
  ] as const) {
    const path = join(folder, `${name}.${ending}`);
    await writeFile(`${path}.new`, text, { mode: ending === "key" ? 0o600 : 0o644, flush: true });
    await rename(`${path}.new`, path);
  }
}
