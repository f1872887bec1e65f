/** A value of a field was missing or not of its type. The log names the field and what was expected, and never holds the value. */
export class UnexpectedValue extends Error {
  override readonly name = 'UnexpectedValue';
  readonly issues: readonly { readonly path: readonly string[]; readonly code: string }[];

  /** @param coordinate `Type.field` */
  constructor(coordinate: string, expected: string) {
    super();
    this.issues = [{ path: [coordinate], code: expected }];
  }
}
