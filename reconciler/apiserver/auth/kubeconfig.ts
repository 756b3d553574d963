import { X509Certificate } from "node:crypto";

import { parse, stringify } from "yaml";

import { at } from "../json/json-object.ts";
import type { PemPair } from "./issue-certificate.ts";

export interface KubeconfigFacts {
  /** `https://host:port`. */
  readonly server: string;
  readonly caCertificate: string;
  readonly user: string;
  readonly credential: PemPair;
}

/** A kubeconfig with everything in it, so that it can be carried to another machine as one file. */
export function kubeconfigOf({ server, caCertificate, user, credential }: KubeconfigFacts): string {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name: "freehold", cluster: { server, "certificate-authority-data": base64(caCertificate) } },
    ],
    users: [
      {
        name: user,
        user: {
          "client-certificate-data": base64(credential.certificate),
          "client-key-data": base64(credential.key),
        },
      },
    ],
    contexts: [{ name: "freehold", context: { cluster: "freehold", user, namespace: "default" } }],
    "current-context": "freehold",
  });
}

/** Whether a kubeconfig still opens this server: same address and authority, and its certificate lasts beyond a time. */
export function opensServer(
  text: string,
  wanted: Pick<KubeconfigFacts, "server" | "caCertificate">,
  until: number,
): boolean {
  const config: unknown = parse(text);
  const cluster = at(config, "clusters", 0, "cluster");
  const ca = at(cluster, "certificate-authority-data");
  const certificate = at(config, "users", 0, "user", "client-certificate-data");
  if (at(cluster, "server") !== wanted.server || typeof certificate !== "string") return false;
  if (ca !== Buffer.from(wanted.caCertificate).toString("base64")) return false;
  return new X509Certificate(Buffer.from(certificate, "base64")).validToDate.getTime() > until;
}
