/** Members and indexes from the object's root down. */
export type FieldPath = readonly (string | number)[];

/** As Kubernetes prints it: `spec.ports[0].name`; names that hold dots or slashes stand in brackets, `data[tls.crt]`. */
export function showPath(path: FieldPath): string {
  return path.reduce<string>((shown, part) => {
    if (typeof part === "number" || /[./[\]]/.test(part)) return `${shown}[${part}]`;
    return shown ? `${shown}.${part}` : part;
  }, "");
}
