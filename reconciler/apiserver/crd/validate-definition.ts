import type { Problem } from "@freehold/apis";

import { type Definition, isEstablished } from "./definition.ts";
import { isLabel, labelProblem, nameProblems } from "./name-problems.ts";
import { forbiddenValue, invalidValue, requiredValue } from "./value-problems.ts";
import { versionProblems } from "./version-problems.ts";

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** What of a definition breaks the rules of apiextensions.k8s.io/v1, with its texts. The definition has passed its own schema. */
export function validateDefinition(definition: Definition, old: Definition | undefined): readonly Problem[] {
  const { metadata, spec } = definition;
  const wanted = `${spec.names.plural}.${spec.group}`;
  return [
    ...(metadata.name === wanted
      ? []
      : [invalidValue("metadata.name", metadata.name, `must be spec.names.plural+"."+spec.group`)]),
    ...approvalProblems(definition),
    ...groupProblems(spec.group),
    ...nameProblems(spec.names, "spec.names"),
    ...listProblems(definition),
    ...spec.versions.flatMap((version, i) => versionProblems(version, `spec.versions[${i}]`)),
    ...conversionProblems(definition),
    ...(spec.preserveUnknownFields === true
      ? [
          invalidValue(
            "spec.preserveUnknownFields",
            true,
            "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead",
          ),
        ]
      : []),
    ...(old ? changeProblems(definition, old) : []),
  ];
}

function groupProblems(group: string): readonly Problem[] {
  const path = "spec.group";
  if (!SUBDOMAIN.test(group) || group.length > 253) {
    const why =
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
    return [invalidValue(path, group, why)];
  }
  if (group.includes(".")) return [];
  return [invalidValue(path, group, "should be a domain with at least one dot")];
}

/** Kubernetes' own groups are for what its community has agreed on. */
function approvalProblems({ metadata, spec }: Definition): readonly Problem[] {
  const name = "api-approved.kubernetes.io";
  const approval = metadata.annotations?.[name] ?? "";
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(spec.group)) return [];
  if (/^(https?:\/\/|unapproved)/.test(approval)) return [];
  const why = `protected groups must have approval annotation "${name}", see https://github.com/kubernetes/enhancements/pull/1111`;
  return [requiredValue(`metadata.annotations[${name}]`, why)];
}

function listProblems({ spec: { versions } }: Definition): readonly Problem[] {
  const names = versions.map(({ name }) => name);
  const stored = versions.filter(({ storage }) => storage);
  return [
    ...names.flatMap((name, i) => (isLabel(name) ? [] : [labelProblem(`spec.versions[${i}].name`, name)])),
    ...(new Set(names).size === names.length
      ? []
      : [invalidValue("spec.versions", names, "must contain unique version names")]),
    ...(stored.length === 1
      ? []
      : [invalidValue("spec.versions", names, "must have exactly one version marked as storage version")]),
  ];
}

function conversionProblems({ spec: { conversion } }: Definition): readonly Problem[] {
  const path = "spec.conversion";
  if (conversion?.strategy !== "Webhook") {
    if (conversion?.webhook === undefined) return [];
    return [forbiddenValue(`${path}.webhook`, "should not be set when strategy is not set to Webhook")];
  }
  const { webhook } = conversion;
  if (!webhook) return [requiredValue(`${path}.webhook`, "required when strategy is set to Webhook")];
  return [
    ...(webhook.conversionReviewVersions.includes("v1")
      ? []
      : [
          invalidValue(
            `${path}.webhook.conversionReviewVersions`,
            webhook.conversionReviewVersions,
            "must include at least one of v1",
          ),
        ]),
    ...clientProblems(webhook.clientConfig ?? {}, `${path}.webhook.clientConfig`),
  ];
}

function clientProblems(
  {
    url,
    service,
    caBundle,
  }: { readonly url?: string; readonly service?: unknown; readonly caBundle?: string },
  path: string,
): readonly Problem[] {
  if (service !== undefined)
    return [forbiddenValue(`${path}.service`, "there are no Services here, use url")];
  if (url === undefined) return [requiredValue(`${path}.url`, "exactly one of url or service is required")];
  const read = URL.parse(url);
  const problems: Problem[] = [];
  if (read?.protocol !== "https:")
    problems.push(invalidValue(`${path}.url`, url, "'https' is the only allowed URL scheme"));
  else if (read.search !== "" || read.hash !== "" || read.username !== "") {
    problems.push(invalidValue(`${path}.url`, url, "user, query and fragment are not permitted"));
  }
  if (caBundle !== undefined && !Buffer.from(caBundle, "base64").toString().includes("BEGIN CERTIFICATE")) {
    problems.push(
      invalidValue(`${path}.caBundle`, "", "unable to load root certificates: not PEM in base64"),
    );
  }
  return problems;
}

function changeProblems(definition: Definition, old: Definition): readonly Problem[] {
  const { spec, status } = definition;
  const fixed = (path: string, was: string, is: string): readonly Problem[] =>
    was === is ? [] : [invalidValue(path, is, "field is immutable")];
  const names = spec.versions.map(({ name }) => name);
  return [
    ...(isEstablished(old)
      ? [
          ...fixed("spec.scope", old.spec.scope, spec.scope),
          ...fixed("spec.names.kind", old.spec.names.kind, spec.names.kind),
        ]
      : []),
    ...fixed("spec.group", old.spec.group, spec.group),
    ...fixed("spec.names.plural", old.spec.names.plural, spec.names.plural),
    ...(status?.storedVersions ?? []).flatMap((name, i) =>
      names.includes(name)
        ? []
        : [
            invalidValue(
              `status.storedVersions[${i}]`,
              name,
              `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`,
            ),
          ],
    ),
  ];
}
