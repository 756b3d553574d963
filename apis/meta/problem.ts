/** One thing wrong in an object. `path` is dotted from the object's root, as Kubernetes prints it (`spec.ports[0].name`). */
export interface Problem {
  readonly path: string;
  /** Kubernetes cause reason. */
  readonly reason:
    | "FieldValueInvalid"
    | "FieldValueRequired"
    | "FieldValueDuplicate"
    | "FieldValueNotFound"
    | "FieldValueNotSupported"
    | "FieldValueForbidden"
    | "FieldValueTooLong"
    | "FieldValueTooMany"
    | "FieldValueTypeInvalid";
  /** What was found and what is wanted, as a sentence for people. */
  readonly message: string;
}

/** The object breaks its schema or a rule; nothing was written. Becomes HTTP 422. */
export class InvalidError extends Error {
  override readonly name = "InvalidError";
  readonly code = "Invalid";
  readonly problems: readonly Problem[];
  constructor(subject: string, problems: readonly Problem[]) {
    super(`${subject} is invalid: ${problems.map((p) => `${p.path}: ${p.message}`).join("; ")}`);
    this.problems = problems;
  }
}
