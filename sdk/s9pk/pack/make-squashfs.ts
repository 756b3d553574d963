import { runTool } from "./run-tool.ts";

/** Makes a squashfs of a directory; the same tree gives the same bytes. All files belong to container root. */
export async function makeSquashfs(directory: string, output: string, signal?: AbortSignal): Promise<void> {
  const fixed = ["-all-root", "-reproducible"];
  const quiet = ["-noappend", "-quiet", "-no-progress", "-no-xattrs"];
  await runTool("mksquashfs", [directory, output, "-comp", "zstd", ...fixed, ...quiet], {
    signal,
    // Every time in it becomes 0; the options for that are refused when a caller has set this variable.
    env: { SOURCE_DATE_EPOCH: "0" },
  });
}
