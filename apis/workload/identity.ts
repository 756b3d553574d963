import type { ObjectMeta } from "../meta/resource.ts";
import { stableHash } from "../meta/stable-hash.ts";

type Named = { readonly metadata: Pick<ObjectMeta, "name" | "namespace"> };

const placeOf = ({ metadata }: Named): string => `${metadata.namespace ?? ""}/${metadata.name}`;

/** Ids in a container's range. */
export const UID_COUNT = 65_536;
/** First uid that is given away; below are the host's own users and what adduser gave to subuid ranges of people. */
export const FIRST_UID_BASE = 524_288;
/** Ranges there are; the last ends below 2^31, which some file systems and tools cannot pass. */
export const UID_SLOTS = 16_000;

/** LXC name and host name of a Container: readable, unique, at most 63 characters, safe in files and cgroup paths. */
export function containerNameOf(container: Named): string {
  return `${container.metadata.name.slice(0, 50)}-${stableHash(placeOf(container))}`;
}

/** Host end of the container's veth pair; at most 15 characters (IFNAMSIZ). */
export function hostLinkOf(container: Named): string {
  return `fhv${stableHash(placeOf(container))}`;
}

/** A locally administered MAC address of its own. */
export function macOf(container: Named): string {
  const digits = stableHash(`mac ${placeOf(container)}`);
  return `02:fe:${digits.match(/../g)?.join(":") ?? ""}`;
}
