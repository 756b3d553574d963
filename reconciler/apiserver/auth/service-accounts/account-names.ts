/** Names one service account. */
export interface AccountName {
  readonly namespace: string;
  readonly name: string;
}

/** The service account a user name stands for. */
export function accountOf(user: string): AccountName | undefined {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

export function userOfAccount({ namespace, name }: AccountName): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

export function groupsOfAccount({ namespace }: AccountName): readonly string[] {
  return ["system:serviceaccounts", `system:serviceaccounts:${namespace}`];
}
