/** A property that this account has added to a type of records. */
export interface CustomProperty {
  readonly name: string;
  readonly label: string;
  readonly description?: string;
  readonly type: 'bool' | 'date' | 'datetime' | 'enumeration' | 'number' | 'string';
  readonly fieldType: string;
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  /** Its values are the ids of CRM users. */
  readonly isOwner?: boolean;
  /** HubSpot computes it. */
  readonly isCalculated?: boolean;
  readonly isHidden?: boolean;
  /** It was deleted, and can be restored: no record has it any more. */
  readonly isArchived?: boolean;
  /** @param key counts the records of the type from 0 */
  readonly valueOf: (key: number) => string | null;
}
