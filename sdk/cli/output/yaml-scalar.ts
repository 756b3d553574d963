/**
 * A string as Go's yaml.v2 writes it: plain where it reads back as this string, double quoted where YAML 1.1 would read something else,
 * a literal block over several lines, single quoted where its characters mean something. `where` is the column literal blocks begin at.
 */
export function yamlScalar(text: string, where: number | "key"): string {
  if (text.includes("\n")) {
    return where !== "key" && mayBeLiteral(text) ? literal(text, where) : doubleQuoted(text);
  }
  if (hasSpecials(text) || readsAsOther(text)) return doubleQuoted(text);
  return mayBePlain(text) ? text : `'${text.replaceAll("'", "''")}'`;
}

const WORDS =
  /^(~|null|Null|NULL|true|True|TRUE|false|False|FALSE|y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF|<<)$/;
const NUMBERS = [
  /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/,
  /^[-+]?0(x[\da-fA-F]+|o[0-7]+|b[01]+)$/,
  /^[-+]?\.(inf|Inf|INF)$/,
  /^\.(nan|NaN|NAN)$/,
];
/** Base 60 of YAML 1.1: nobody writes it, but old readers take `12:30` for it. */
const SIXTIES = /^[-+]?\d[\d_]*(:[0-5]?\d)+(\.[\d_]*)?$/;
const TIMES = /^\d{4}-\d{1,2}-\d{1,2}([Tt ]\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?(Z|[-+]\d{2}:\d{2})?)?$/;

/** Whether a plain scalar would be read as null, a boolean, a number or a time. */
function readsAsOther(text: string): boolean {
  if (text === "" || WORDS.test(text) || SIXTIES.test(text) || TIMES.test(text)) return true;
  const number = /^[-+.\d]/.test(text) ? text.replaceAll("_", "") : "";
  return NUMBERS.some((pattern) => pattern.test(number));
}

/** Characters that only an escape can carry. */
function hasSpecials(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- these are the characters that are looked for
  return /[\u0000-\u0009\u000b-\u001f\u007f-\u0084\u0086-\u009f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]/.test(
    text.replaceAll(/[\ud800-\udbff][\udc00-\udfff]/g, ""),
  );
}

function mayBePlain(text: string): boolean {
  if (/^ | $/.test(text) || /^(---|\.\.\.)/.test(text)) return false;
  if (/^[#,[\]{}&*!|>'"%@`]/.test(text) || /^[-?:](\s|$)/.test(text)) return false;
  return !/:(\s|$)/.test(text) && !/\s#/.test(text);
}

/** A block can hold neither spaces before a line's end nor characters that need an escape. */
function mayBeLiteral(text: string): boolean {
  return !hasSpecials(text.replaceAll("\n", "")) && !/ (\n|$)/.test(text) && !text.includes("\u0085");
}

function literal(text: string, column: number): string {
  const hint = /^[ \n]/.test(text) ? "2" : "";
  const chomp = !text.endsWith("\n") ? "-" : text === "\n" || text.endsWith("\n\n") ? "+" : "";
  const lines = (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
  const margin = " ".repeat(column);
  return `|${hint}${chomp}\n${lines.map((line) => (line === "" ? "" : margin + line)).join("\n")}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\u0007": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\u001b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\u0085": "\\N",
  "\u2028": "\\L",
  "\u2029": "\\P",
};

function doubleQuoted(text: string): string {
  const escaped = Array.from(text)
    .map((char) => ESCAPES[char] ?? (hasSpecials(char) ? hexEscape(char.charCodeAt(0)) : char))
    .join("");
  return `"${escaped}"`;
}

function hexEscape(code: number): string {
  const hex = code.toString(16).toUpperCase();
  return code < 0x100 ? `\\x${hex.padStart(2, "0")}` : `\\u${hex.padStart(4, "0")}`;
}
