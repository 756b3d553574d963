import type { ResourceOf } from "@freehold/apis";
import type { bindingKind } from "@freehold/apis/network";
import type { serviceInterfaceKind } from "@freehold/apis/package";

import { addressOf } from "../network/subnet.ts";

type Binding = ResourceOf<typeof bindingKind>;
type ServiceInterface = ResourceOf<typeof serviceInterfaceKind>;

/** Gateway ids as packages know them: the bridge's is fixed by the ABI; beyond it we know one network only. */
const BRIDGE = "lxcbr0";
const LAN = "lan";

export interface Surroundings {
  /** The machine's address among its containers, with prefix length. */
  readonly bridgeCidr: string;
  /** Addresses others reach the machine by. */
  readonly addresses: readonly string[];
}

/** The package ABI's `Host`: what one host of a package is bound to, and where that answers. Domains and TLS are not served yet. */
export function hostInfoOf(
  bindings: readonly Binding[],
  interfaces: readonly ServiceInterface[],
  around: Surroundings,
): object {
  const entries = bindings.map((binding) => {
    const { internalPort, hostId } = binding.spec;
    const own = interfaces.filter(({ spec }) => spec.hostId === hostId && spec.internalPort === internalPort);
    return [internalPort, bindInfoOf(binding, own, around)] as const;
  });
  return {
    bindings: Object.fromEntries(entries),
    bindingRanges: {},
    publicDomains: {},
    privateDomains: {},
    portForwards: [],
  };
}

function bindInfoOf(
  { spec, status }: Binding,
  interfaces: readonly ServiceInterface[],
  around: Surroundings,
): object {
  const port = status?.assignedPort;
  return {
    enabled: spec.enabled,
    options: {
      preferredExternalPort: spec.preferredExternalPort,
      addSsl: spec.addSsl ?? null,
      secure: spec.secure ?? null,
    },
    net: netInfoOf(port),
    addresses: {
      enabled: [],
      disabled: [],
      available: port === undefined || !spec.enabled ? [] : available(port, around),
    },
    interfaces: Object.fromEntries(interfaces.map((face) => [face.spec.id, interfaceInfoOf(face)])),
  };
}

/** Ports outside; TLS is not terminated for packages yet. */
export function netInfoOf(assignedPort: number | undefined): object {
  return { assignedPort: assignedPort ?? null, assignedSslPort: null };
}

/** IPv4 only, because that is what the machine forwards. */
function available(port: number, { bridgeCidr, addresses }: Surroundings): readonly object[] {
  const entry = (hostname: string, gateway: string): object => ({
    ssl: false,
    public: !isPrivate(hostname),
    hostname,
    port,
    metadata: { kind: "ipv4", gateway },
  });
  const outside = addresses.filter((address) => !address.includes(":"));
  return [entry(addressOf(bridgeCidr), BRIDGE), ...outside.map((address) => entry(address, LAN))];
}

/** RFC 1918, RFC 6598 (shared), RFC 3927 (link-local) and loopback. */
export function isPrivate(ipv4: string): boolean {
  const [a = 0, b = 0] = ipv4.split(".").map(Number);
  if (a === 10 || a === 127) return true;
  if (a === 172) return b >= 16 && b <= 31;
  if (a === 100) return b >= 64 && b <= 127;
  return (a === 192 && b === 168) || (a === 169 && b === 254);
}

/** The package ABI's `ServiceInterface`. */
export function interfaceInfoOf({ spec }: ServiceInterface): object {
  const { id, name, description, masked, type, hostId, internalPort } = spec;
  return {
    id,
    name,
    description: description ?? "",
    masked,
    type,
    addressInfo: {
      username: spec.username ?? null,
      hostId,
      internalPort,
      scheme: spec.scheme ?? null,
      sslScheme: spec.sslScheme ?? null,
      suffix: spec.suffix ?? "",
    },
  };
}
