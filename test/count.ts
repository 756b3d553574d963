import { readFileSync } from "node:fs";

/** Adds up vitest's JSON reports: `N passed, N failed`. A test skipped counts as failed: what it needs can be installed. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
}

const reports = process.argv.slice(2).map((file): Report => JSON.parse(readFileSync(file, "utf8")));
const sum = (count: (report: Report) => number): number =>
  reports.reduce((total, report) => total + count(report), 0);
const passed = sum((report) => report.numPassedTests);
const failed = sum((report) => report.numFailedTests);
const skipped = sum((report) => report.numPendingTests + report.numTodoTests);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
if (failed > 0 || skipped > 0 || passed === 0) process.exit(1);
