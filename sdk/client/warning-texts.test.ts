import { expect, test } from "vitest";

import { warningTexts } from "./warning-texts.ts";

test("warningTexts() reads every text of every header, and no other code", () => {
  const headers = [
    String.raw`299 - "unknown field \"spec.a\"", 299 freehold "b, c"`,
    '199 - "old"',
    '299 - "d"',
  ];
  expect(warningTexts(headers)).toEqual(['unknown field "spec.a"', "b, c", "d"]);
  expect(warningTexts(undefined)).toEqual([]);
});
