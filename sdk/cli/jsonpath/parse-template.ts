import { parsePath, parseQuoted } from "./parse-path.ts";
import type { Path } from "./path.ts";
import { TextCursor } from "./text-cursor.ts";

export type TemplatePart =
  | { readonly is: "text"; readonly text: string }
  | { readonly is: "path"; readonly path: Path }
  | { readonly is: "range"; readonly path: Path; readonly body: Template };

/** Text with `{paths}` and `{range}…{end}` in it. */
export type Template = readonly TemplatePart[];

/** Reads kubectl's template dialect; without any brace the whole text is one path. Throws a usage error. */
export function parseTemplate(text: string): Template {
  const cursor = new TextCursor(/[{}]/.test(text) ? text : `{${text}}`);
  const template = parseParts(cursor, false);
  if (!cursor.done) cursor.fail("{range} before {end}");
  return template;
}

/** Parts up to the end, or past the `{end}` of a range. */
function parseParts(cursor: TextCursor, inRange: boolean): Template {
  const parts: TemplatePart[] = [];
  while (!cursor.done) {
    const text = cursor.match(/[^{]+/y);
    if (text) {
      parts.push({ is: "text", text: text[0] });
      continue;
    }
    if (cursor.match(/\{\s*end\s*\}/y)) {
      if (inRange) return parts;
      cursor.fail("{range} before {end}");
    }
    parts.push(...parseAction(cursor));
  }
  if (inRange) cursor.fail("{end}");
  return parts;
}

function parseAction(cursor: TextCursor): readonly TemplatePart[] {
  if (!cursor.take("{")) cursor.fail('"{"');
  cursor.skipSpace();
  if (cursor.match(/range\s+/y)) {
    const path = parsePath(cursor);
    closeAction(cursor);
    return [{ is: "range", path, body: parseParts(cursor, true) }];
  }
  const parts: TemplatePart[] = [];
  while (cursor.peek() !== "}" && !cursor.done) {
    const quoted = parseQuoted(cursor);
    if (quoted === undefined) {
      const before = cursor.position;
      parts.push({ is: "path", path: parsePath(cursor) });
      if (cursor.position === before) cursor.fail("a path or a quoted text");
    } else {
      parts.push({ is: "text", text: quoted });
    }
    cursor.skipSpace();
  }
  closeAction(cursor);
  return parts;
}

function closeAction(cursor: TextCursor): void {
  cursor.skipSpace();
  if (!cursor.take("}")) cursor.fail('"}"');
}
