import type { DocumentOptions, ParseOptions, SchemaOptions, Tags } from "yaml";

/** As kubectl: YAML 1.1, where `yes` is true, but neither times nor base 60 numbers are anything but text. */
export const yamlOptions: DocumentOptions & ParseOptions & SchemaOptions = {
  version: "1.1",
  schema: "yaml-1.1",
  customTags: (tags: Tags): Tags => tags.filter((tag) => !isTimeTag(tag)).map(withDigits),
};

type Tag = Tags[number];

function isTimeTag(tag: Tag): boolean {
  if (typeof tag === "string") return false;
  return tag.tag === "tag:yaml.org,2002:timestamp" || ("format" in tag && tag.format === "TIME");
}

/** The library takes a lone dot for a number without digits. */
function withDigits(tag: Tag): Tag {
  if (typeof tag === "string" || tag.collection !== undefined) return tag;
  if (tag.test?.test(".") !== true) return tag;
  return { ...tag, test: /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9_]*[0-9][0-9_]*)$/ };
}
