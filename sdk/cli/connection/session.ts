import type { Transport } from "@freehold/client";

import type { Options } from "../options.ts";
import { connect } from "./connect.ts";
import { discover, type ServedKind } from "./discovery.ts";
import { resolveKind } from "./resolve-kind.ts";

/** A server, what it serves, and the namespace meant when none is named. */
export class Session implements Disposable {
  readonly transport: Transport;
  readonly namespace: string;
  #kinds: Promise<readonly ServedKind[]> | undefined;

  constructor(options: Options) {
    const { transport, namespace } = connect(options);
    this.transport = transport;
    this.namespace = namespace;
  }

  kinds(): Promise<readonly ServedKind[]> {
    this.#kinds ??= discover(this.transport);
    return this.#kinds;
  }

  /** Throws CliError when the server has no such kind. */
  async kind(word: string): Promise<ServedKind> {
    return resolveKind(await this.kinds(), word);
  }

  [Symbol.dispose](): void {
    this.transport[Symbol.dispose]();
  }
}
