const SECRETS = "/registry/core/secrets/";

/** Whether what is kept under this key of the store is encrypted. */
export function isSecret(key: string): boolean {
  return key.startsWith(SECRETS);
}
