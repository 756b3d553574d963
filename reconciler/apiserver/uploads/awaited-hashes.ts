import { archiveKind } from "@freehold/apis/package";

import type { Registry } from "../registry/registry.ts";

/** Root hashes of the archives that no machine has verified yet. */
export async function awaitedHashes(registry: Registry): Promise<ReadonlySet<string>> {
  const { group, version, plural } = archiveKind;
  if (!registry.kinds.find(group, version, plural)) return new Set();
  const archives = (await registry.list(archiveKind)).items.map((item) => archiveKind.decode(item));
  return new Set(
    archives.flatMap(({ spec, status }) =>
      spec.rootHash === undefined || status?.rootHash !== undefined ? [] : [spec.rootHash],
    ),
  );
}
