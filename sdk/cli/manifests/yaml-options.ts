import {
  type DocumentOptions,
  isScalar,
  type ParseOptions,
  type ScalarTag,
  type SchemaOptions,
  type Tags,
} from "yaml";

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

/** The library takes `.`, `e0` and `0x_` for numbers, and then cannot say which; they are text. */
function withDigits(tag: Tag): Tag {
  if (typeof tag === "string" || tag.collection !== undefined || !/:(int|float)$/.test(tag.tag)) return tag;
  const resolve: ScalarTag["resolve"] = (text, onError, options) => {
    const read = tag.resolve(text, onError, options);
    const number = isScalar(read) ? read.value : read;
    return Number.isNaN(number) && !/nan/i.test(text) ? text : read;
  };
  return { ...tag, resolve };
}
