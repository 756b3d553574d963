import { mkdir, readFile, rm } from "node:fs/promises";

import { type Cancellation, HostError, type PacketHost, type PacketTable } from "@freehold/agent-ports";
import { onNftablesChange } from "@freehold/native";

import { attempt, errnoOf } from "../host-failure.ts";
import { lookAgain } from "../look-again.ts";
import { writeVolatileText } from "../mounts/write-text.ts";
import { compileTable, isTableName } from "./compile-table.ts";
import { normalListing } from "./normal-listing.ts";
import { runNft } from "./run-nft.ts";

/** What we wrote and how the kernel listed it right then. */
interface WrittenTable {
  readonly table: PacketTable;
  readonly listing: string;
}

/**
 * PacketHost by nftables. A table is ours while the kernel lists every rule and element of it just as it did when we wrote it; the
 * listing is kept in a file, so that neither the version of nft nor the death of an agent makes a difference. No file, or another
 * listing: "foreign", and whoever wants the table replaces it.
 */
export class LinuxPacketHost implements PacketHost {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async table(name: string): Promise<PacketTable | "foreign" | undefined> {
    return attempt("read packet table", checked(name), async () => {
      const listing = await this.#listing(name);
      if (listing === undefined) return undefined;
      const written = await this.#written(name);
      return written?.listing === listing ? written.table : "foreign";
    });
  }

  async replaceTable(name: string, table: PacketTable): Promise<void> {
    const commands = compileTable(name, table);
    await attempt("write packet table", name, async () => {
      await runNft(commands);
      const listing = await this.#listing(name);
      if (listing === undefined) {
        throw new HostError("interrupted", `Cannot write packet table "${name}": it was removed meanwhile`);
      }
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeVolatileText(this.#pathOf(name), JSON.stringify({ table, listing }), 0o600);
    });
  }

  async removeTable(name: string): Promise<void> {
    await attempt("remove packet table", checked(name), async () => {
      await runNft(`add table inet ${name}\ndelete table inet ${name}\n`);
      await rm(this.#pathOf(name), { force: true });
    });
  }

  changes(cancellation: Cancellation): AsyncIterable<void> {
    return lookAgain(cancellation, onNftablesChange);
  }

  async #listing(name: string): Promise<string | undefined> {
    try {
      return normalListing(await runNft(`list table inet ${name}`));
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return undefined;
      throw error;
    }
  }

  async #written(name: string): Promise<WrittenTable | undefined> {
    try {
      const value: unknown = JSON.parse(await readFile(this.#pathOf(name), "utf8"));
      return isWritten(value) ? value : undefined;
    } catch (error) {
      if (errnoOf(error) === "ENOENT" || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  #pathOf(name: string): string {
    return `${this.#folder}/${name}.json`;
  }
}

/** The file is ours alone (mode 0700); this only tells a whole one from half a one. */
function isWritten(value: unknown): value is WrittenTable {
  return typeof value === "object" && value !== null && "table" in value && "listing" in value;
}

function checked(name: string): string {
  if (isTableName(name)) return name;
  throw new HostError("invalid", `Cannot use packet table "${name}": not lower-case letters, digits and "_"`);
}
