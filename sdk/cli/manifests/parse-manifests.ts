import { type Document, LineCounter, parseAllDocuments } from "yaml";

import { CliError } from "../cli-error.ts";
import { field, type Fields, isFields, listOf, textOf } from "../json.ts";
import type { Manifest } from "./manifest.ts";
import { yamlOptions } from "./yaml-options.ts";

/**
 * Reads the objects of a YAML or JSON text. Throws CliError naming file, document and line.
 */
export function parseManifests(text: string, file: string): readonly Manifest[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    ...yamlOptions,
    lineCounter: lines,
    prettyErrors: false,
  });
  return [...documents].flatMap((document, index) => {
    const start = document.contents?.range?.[0] ?? document.range?.[0] ?? 0;
    const where = `${file} document ${index + 1} (line ${lines.linePos(start).line})`;
    return objectsOf(readDocument(document, where, lines), where);
  });
}

/** Whether a text has documents, and none of them so much as begins to be an object. False for what cannot be read. */
export function holdsNoObject(text: string): boolean {
  const documents = [...parseAllDocuments(text, { ...yamlOptions, prettyErrors: false })];
  if (documents.some(({ errors }) => errors.length > 0)) return false;
  const values = documents.map((document): unknown => document.toJS()).filter((value) => value !== null);
  return (
    values.length > 0 &&
    values.every(
      (value) => !isFields(value) || (value["apiVersion"] === undefined && value["kind"] === undefined),
    )
  );
}

function readDocument(document: Document.Parsed, where: string, lines: LineCounter): unknown {
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    // The parser goes down level by level; what ends its way is the stack.
    const found = error.message.includes("call stack") ? "it is nested too deeply" : error.message;
    throw new CliError(`Cannot read ${where}: line ${line}, column ${col}: ${found}`, {
      next: "correct the YAML there, then run the command again",
    });
  }
  return document.toJS();
}

function objectsOf(value: unknown, where: string): readonly Manifest[] {
  if (value === null || value === undefined) return [];
  if (!isFields(value))
    throw invalid(where, `wanted an object, found ${JSON.stringify(value)?.slice(0, 60)}`);
  if (textOf(value["kind"])?.endsWith("List") && Array.isArray(value["items"])) {
    return listOf(value["items"]).flatMap((item, index) => objectsOf(item, `${where}, item ${index + 1}`));
  }
  return [manifestOf(value, where)];
}

function manifestOf(object: Fields, where: string): Manifest {
  const needed = (...path: readonly string[]): string => {
    const found = field(object, ...path);
    if (typeof found === "string" && found !== "") return found;
    const shown = found === undefined ? "nothing" : JSON.stringify(found);
    throw invalid(where, `${path.join(".")}: wanted a text, found ${shown}`);
  };
  const namespace = field(object, "metadata", "namespace");
  if (namespace !== undefined && namespace !== null && typeof namespace !== "string") {
    throw invalid(where, `metadata.namespace: wanted a text, found ${JSON.stringify(namespace)}`);
  }
  return {
    object,
    apiVersion: needed("apiVersion"),
    kind: needed("kind"),
    name: needed("metadata", "name"),
    namespace: namespace ?? undefined,
    where,
  };
}

function invalid(where: string, found: string): CliError {
  return new CliError(`Cannot use ${where}: ${found}`, {
    next: "every object needs apiVersion, kind and metadata.name; freehold explain KIND shows the rest",
  });
}
