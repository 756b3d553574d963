import type { Kind, Problem, Resource } from "@freehold/apis";
import { customResourceDefinitionKind } from "@freehold/apis/extensions";

import { isCustomKind } from "./custom-kind.ts";
import {
  definitionProblems,
  definitionRuleProblems,
  markDefinition,
  prepareDefinition,
} from "./definition-behaviour.ts";
import { loadPatterns } from "./pattern.ts";
import type { RuleEngine } from "./rule-engine.ts";

/** What the registry does with objects of a kind beyond what it does with all. */
export interface Behaviour {
  /** Loads what the rest needs; awaited before it is used. */
  readonly ready?: () => Promise<void>;
  /** Fills in what only the server writes, in place. */
  readonly prepare?: (next: Resource) => void;
  /** What breaks the schema and the rules around it. */
  readonly problems: (next: Resource, old: Resource | undefined) => readonly Problem[];
  /** Rules that are programs; asked for only when nothing else is wrong. */
  readonly ruleProblems?: (
    engine: RuleEngine,
    next: Resource,
    old: Resource | undefined,
  ) => Promise<readonly Problem[]>;
  /** Marks an object whose deletion begins, in place. */
  readonly markDeleted?: (marked: Resource, now: string) => void;
  /** Throws ApiError where no object may be added now. */
  readonly checkMayCreate?: () => void;
}

/** Undefined for built-in kinds that are like any other. */
export function behaviourOf(kind: Kind): Behaviour | undefined {
  if (isCustomKind(kind)) return kind.custom;
  return kind.id === customResourceDefinitionKind.id ? DEFINITION : undefined;
}

const DEFINITION: Behaviour = {
  ready: loadPatterns,
  prepare: prepareDefinition,
  ruleProblems: definitionRuleProblems,
  problems: definitionProblems,
  markDeleted: markDefinition,
};
