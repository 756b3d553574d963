import { expect, test } from "vitest";

import { describeEnd, readRunEnd } from "./run-end.ts";

const said = (end: string): string =>
  `lxc-start one 20261121125307.720 NOTICE   start - ../src/lxc/start.c:signal_handler:446 - Received 17 from pid 28252
lxc-start one 20261121125307.822 INFO     error - ../src/lxc/error.c:lxc_error_set_and_log:31 - Child <28251> ended on ${end}
`;
const v1 = "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n";
const v2 = "low 0\nhigh 0\nmax 31\noom 1\noom_kill 1\noom_group_kill 0\n";

test.each([
  ["", "", "exited with 0"],
  [said("error (3)"), "", "exited with 3"],
  [said("signal Terminated(15)"), "oom_kill 0\n", "killed by SIGTERM"],
  [
    said("signal Killed(9)"),
    v2,
    "killed by SIGKILL; out of memory: at its limit the kernel killed a process",
  ],
  [said("error (1)"), v1, "exited with 1; out of memory: at its limit the kernel killed 2 processes"],
])("describeEnd() tells it from %j and %j", (log, counts, text) => {
  expect(describeEnd(readRunEnd(log, counts))).toBe(text);
});
