import type { Effects } from "../abi/effects.ts";
import type { AddSsl } from "../abi/values.ts";

/** A way into the package through one port. */
export interface InterfaceDefinition {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly type: "ui" | "api" | "p2p";
  /** Port inside the container. */
  readonly port: number;
  /** `http` gets TLS from the host on 443; `tcp` is passed on as it is. */
  readonly protocol: "http" | "tcp";
  /** Port wished for outside; 80 for http, else the port inside. */
  readonly preferredExternalPort?: number;
  /** Only for packages that depend on this one: it is bound, but no address outside leads to it. */
  readonly internal?: boolean;
  /** Path and query of its URL. */
  readonly path?: string;
}

const tlsForHttp: AddSsl = {
  preferredExternalPort: 443,
  addXForwardedHeaders: true,
  alpn: { specified: ["http/1.1"] },
  auth: null,
};

/** Tells the host all bindings and interfaces there are, and that there are no others. */
export async function exportInterfaces(
  effects: Effects,
  interfaces: readonly InterfaceDefinition[],
): Promise<void> {
  for (const definition of interfaces) await exportInterface(effects, definition);
  const except = interfaces.map(({ id, port }) => ({ id, internalPort: port }));
  await effects.clearBindings({ except });
  const exported = interfaces.filter(({ internal }) => internal !== true);
  await effects.clearServiceInterfaces({ except: exported.map(({ id }) => id) });
}

async function exportInterface(effects: Effects, definition: InterfaceDefinition): Promise<void> {
  const { id, name, description, type, port, protocol, path = "" } = definition;
  const isHttp = protocol === "http";
  await effects.bind({
    id,
    internalPort: port,
    preferredExternalPort: definition.preferredExternalPort ?? (isHttp ? 80 : port),
    addSsl: isHttp ? tlsForHttp : null,
    // Not encrypted, but declared fit to be reached: hosts publish no plain address otherwise (section 7.8).
    secure: isHttp ? null : { ssl: false },
  });
  if (definition.internal === true) return;
  const scheme = isHttp ? "http" : null;
  const sslScheme = isHttp ? "https" : null;
  const addressInfo = { username: null, hostId: id, internalPort: port, scheme, sslScheme, suffix: path };
  await effects.exportServiceInterface({ id, name, description, type, masked: false, addressInfo });
}
