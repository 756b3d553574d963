/** Objects, and what is kept of their past. */
const SECRETS = ["/registry/core/secrets/", "/history/core/secrets/"];

/** Whether what is kept under this key of the store is encrypted. */
export function isSecret(key: string): boolean {
  return SECRETS.some((prefix) => key.startsWith(prefix));
}
