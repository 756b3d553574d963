/** Objects, and what is kept of their past. */
const SECRETS = ["core/secrets", "system.freehold.dev/passwords"].flatMap((kind) => [
  `/registry/${kind}/`,
  `/history/${kind}/`,
]);

/** Whether what is kept under this key of the store is encrypted. */
export function isSecret(key: string): boolean {
  return SECRETS.some((prefix) => key.startsWith(prefix));
}
