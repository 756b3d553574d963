import { discover, type ServedKind } from "../connection/discovery.ts";
import type { Session } from "../connection/session.ts";
import type { Manifest } from "../manifests/manifest.ts";
import type { Options } from "../options.ts";
import { type Placed, placeManifest } from "./place-manifest.ts";

/** Places one manifest after another: a definition applied before may have brought the kind of the next. */
export class Placer {
  readonly #session: Session;
  readonly #chosen: { readonly namespace: string; readonly isGiven: boolean };
  #kinds: readonly ServedKind[] | undefined;

  constructor(session: Session, options: Options) {
    this.#session = session;
    this.#chosen = { namespace: session.namespace, isGiven: options.text("namespace") !== undefined };
  }

  /** Throws CliError when the server has no such kind, asked once more. */
  async place(manifest: Manifest): Promise<Placed> {
    this.#kinds ??= await this.#session.kinds();
    const isKnown = this.#kinds.some(({ kind }) => kind === manifest.kind);
    if (!isKnown) this.#kinds = await discover(this.#session.transport);
    return placeManifest(manifest, this.#kinds, this.#chosen);
  }
}
