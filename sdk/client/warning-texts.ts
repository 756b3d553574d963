/** The texts of Warning headers (RFC 7234 section 5.5) with code 299, the one Kubernetes uses. */
export function warningTexts(headers: readonly string[] | undefined): readonly string[] {
  return (headers ?? []).flatMap((header) =>
    [...header.matchAll(/(?:^|,\s*)299 \S+ "((?:\\.|[^"\\])*)"/g)].map(([, text = ""]) =>
      text.replaceAll(/\\(.)/g, "$1"),
    ),
  );
}
