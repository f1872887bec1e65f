/** The value of a field was missing or of another type. The log names the field and the expected type, never the value. */
export class UnexpectedValue extends Error {
  override readonly name = 'UnexpectedValue';
  readonly issues: readonly { readonly path: readonly string[]; readonly code: string }[];

  /** @param coordinate `Type.field` */
  constructor(coordinate: string, expected: string) {
    super();
    this.issues = [{ path: [coordinate], code: expected }];
  }
}
