/** Who makes a write, from where; kept in the history. */
export interface Author {
  readonly user: string;
  /** Field manager or program: `kubectl-client-side-apply`, `package.package`. */
  readonly manager?: string | undefined;
  /** Address of the client; absent for this process. */
  readonly from?: string | undefined;
  readonly verb: "create" | "update" | "patch" | "apply" | "delete";
}
