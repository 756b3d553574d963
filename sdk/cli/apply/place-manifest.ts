import { CliError, exitCodes } from "../cli-error.ts";
import { apiVersionOf, qualified, type ServedKind } from "../connection/discovery.ts";
import { suggestionsFor } from "../connection/resolve-kind.ts";
import { type Fields, fieldsOf } from "../json.ts";
import type { Manifest } from "../manifests/manifest.ts";

/** A manifest that is known to be of a served kind, with its namespace filled in. */
export interface Placed {
  readonly manifest: Manifest;
  readonly kind: ServedKind;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly object: Fields;
  /** `package.package.freehold.dev/web`. */
  readonly title: string;
}

/** Finds kind and namespace. Throws CliError when the server has no such kind, or two namespaces are named. */
export function placeManifest(
  manifest: Manifest,
  kinds: readonly ServedKind[],
  chosen: { readonly namespace: string; readonly isGiven: boolean },
): Placed {
  const kind = kinds.find(
    (served) => served.kind === manifest.kind && apiVersionOf(served) === manifest.apiVersion,
  );
  if (!kind) throw unknownKind(manifest, kinds);
  const place = { manifest, kind, name: manifest.name, title: `${qualified(kind)}/${manifest.name}` };
  if (kind.scope === "Cluster") return { ...place, namespace: undefined, object: manifest.object };
  if (chosen.isGiven && manifest.namespace !== undefined && manifest.namespace !== chosen.namespace) {
    throw new CliError(
      `Cannot use ${manifest.where}: it is for namespace "${manifest.namespace}", but --namespace is "${chosen.namespace}"`,
      { next: "leave out --namespace, or correct metadata.namespace" },
    );
  }
  const namespace = manifest.namespace ?? chosen.namespace;
  const metadata = { ...fieldsOf(manifest.object["metadata"]), namespace };
  return { ...place, namespace, object: { ...manifest.object, metadata } };
}

function unknownKind({ where, kind, apiVersion }: Manifest, kinds: readonly ServedKind[]): CliError {
  const namesakes = kinds.filter((served) => served.kind.toLowerCase() === kind.toLowerCase());
  const near = suggestionsFor(kinds, kind.toLowerCase());
  const [first] = namesakes;
  return new CliError(`Cannot use ${where}: no matches for kind "${kind}" in version "${apiVersion}"`, {
    exitCode: exitCodes.notFound,
    next: first
      ? `there is ${first.kind} in ${namesakes.map(apiVersionOf).join(" and ")}`
      : near.length > 0
        ? `did you mean ${near.join(" or ")}? freehold api-resources lists all`
        : "freehold api-resources lists what there is",
  });
}
