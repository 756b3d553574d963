import type { Effects } from "./effects.ts";
import type { ActionInput, ActionResult, InitKind } from "./values.ts";

/** What `main` is asked for: something that starts, and then something that stops. */
export interface Running {
  term(): Promise<unknown>;
}
export interface Action {
  getInput(options: {
    readonly effects: Effects;
    readonly prefill: Readonly<Record<string, unknown>> | null;
  }): Promise<ActionInput | null>;
  run(options: {
    readonly effects: Effects;
    readonly input: Readonly<Record<string, unknown>>;
  }): Promise<ActionResult | null>;
}

/** The CommonJS exports of a package's index.js, section 5.1 of the package ABI. */
export interface PackageExports {
  readonly manifest: Readonly<Record<string, unknown>>;
  init(options: { readonly effects: Effects; readonly kind: InitKind }): Promise<unknown>;
  /** `target` is what the package's own exver library takes for a version or a range; null at uninstall. */
  uninit(options: { readonly effects: Effects; readonly target: unknown }): Promise<unknown>;
  main(options: { readonly effects: Effects }): Promise<{ build(): Promise<Running> }>;
  readonly actions: { get(id: string): Action | undefined };
  createBackup(options: { readonly effects: Effects }): Promise<unknown>;
}
