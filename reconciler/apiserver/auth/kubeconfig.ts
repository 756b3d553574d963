import { stringify } from "yaml";

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
