const TEXT = /[rR]?(?:"""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')/y;
const HAS = /has\s*\(/y;
const MATCHES = /\.matches\s*\(/y;

/**
 * A rule with calls of our own in the place of the library's: `has()` of more than a chain of names, which it refuses, and `matches()`,
 * which it hands to JavaScript instead of RE2. Names stay as long as they were, so that places in errors are right.
 */
export function ownCalls(rule: string): string {
  let own = "";
  let i = 0;
  while (i < rule.length) {
    const text = matchAt(TEXT, rule, i);
    if (text !== undefined) {
      own += text;
      i += text.length;
      continue;
    }
    const isWord = /[\w.]/.test(rule[i - 1] ?? "");
    if (!isWord && matchAt(HAS, rule, i) !== undefined && /[[(]/.test(argumentAt(rule, i))) {
      own += "hat";
      i += "has".length;
    } else if (matchAt(MATCHES, rule, i) !== undefined) {
      own += ".matchez";
      i += ".matches".length;
    } else {
      own += rule.charAt(i);
      i += 1;
    }
  }
  return own;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** What stands between the next parenthesis and the one that closes it. */
function argumentAt(rule: string, from: number): string {
  const start = rule.indexOf("(", from) + 1;
  let depth = 1;
  let at = start;
  while (at < rule.length) {
    const text = matchAt(TEXT, rule, at);
    if (rule[at] === "(") depth += 1;
    if (rule[at] === ")") depth -= 1;
    if (depth === 0) break;
    at += text?.length ?? 1;
  }
  return rule.slice(start, at);
}
