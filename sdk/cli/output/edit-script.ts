/** One line of a comparison. */
export interface Edit {
  readonly is: "same" | "removed" | "added";
  readonly line: string;
}

/**
 * The shortest way from one list of lines to another, by the longest common subsequence. What both have at begin and end is set aside
 * first, so the table, which has one cell for each pair of lines between, stays small for configuration.
 */
export function editScript(from: readonly string[], to: readonly string[]): readonly Edit[] {
  let head = 0;
  while (head < from.length && head < to.length && from[head] === to[head]) head += 1;
  let tail = 0;
  while (tail < from.length - head && tail < to.length - head && from.at(-1 - tail) === to.at(-1 - tail))
    tail += 1;
  const same = (line: string): Edit => ({ is: "same", line });
  return [
    ...from.slice(0, head).map(same),
    ...between(from.slice(head, from.length - tail), to.slice(head, to.length - tail)),
    ...from.slice(from.length - tail).map(same),
  ];
}

function between(from: readonly string[], to: readonly string[]): readonly Edit[] {
  const common = commonLengths(from, to);
  const at = (i: number, j: number): number => common[i * (to.length + 1) + j] ?? 0;
  const edits: Edit[] = [];
  let i = 0;
  let j = 0;
  while (i < from.length || j < to.length) {
    const [a, b] = [from[i], to[j]];
    if (a !== undefined && a === b) {
      edits.push({ is: "same", line: a });
      i += 1;
      j += 1;
    } else if (a !== undefined && (b === undefined || at(i + 1, j) >= at(i, j + 1))) {
      edits.push({ is: "removed", line: a });
      i += 1;
    } else if (b !== undefined) {
      edits.push({ is: "added", line: b });
      j += 1;
    }
  }
  return edits;
}

/** Row i, column j: how many lines `from` after i and `to` after j have in common. */
function commonLengths(from: readonly string[], to: readonly string[]): Uint32Array {
  const width = to.length + 1;
  const lengths = new Uint32Array((from.length + 1) * width);
  for (let i = from.length - 1; i >= 0; i -= 1) {
    for (let j = to.length - 1; j >= 0; j -= 1) {
      const below = lengths[(i + 1) * width + j] ?? 0;
      const right = lengths[i * width + j + 1] ?? 0;
      const diagonal = lengths[(i + 1) * width + j + 1] ?? 0;
      lengths[i * width + j] = from[i] === to[j] ? diagonal + 1 : Math.max(below, right);
    }
  }
  return lengths;
}
