/** How the fields of `Subscription` filter changes, by the name of the field. */
export type ChangeFields = Readonly<Record<string, ChangeField>>;

export interface ChangeField {
  /** Changes of these records: `Payment`. The argument `id` filters by their ids. */
  readonly type: string;
  /** Types of related records by the arguments that filter by their ids: `{ billingAccountId: 'BillingAccount' }`. */
  readonly filters: Readonly<Record<string, string>>;
}

/** The fields of several subgraphs; each field of `Subscription` belongs to one subgraph. */
export const changeFieldsOf = (
  modules: readonly { readonly changes: ChangeFields }[],
): ChangeFields => Object.assign({}, ...modules.map(({ changes }) => changes)) as ChangeFields;
