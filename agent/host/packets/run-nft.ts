import { Nftables } from "@freehold/native";

import { runNftProgram } from "./nft-command.ts";

let library: Nftables | null | undefined;

/** Runs commands as one transaction, in this process where libnftables is installed. Listings come as JSON. Throws NativeError. */
export async function runNft(commands: string): Promise<string> {
  library ??= Nftables.open();
  const { output } = await (library ? library.run(commands) : runNftProgram(commands));
  return output;
}
