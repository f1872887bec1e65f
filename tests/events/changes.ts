import type { Change, NewEvent } from '../../events/change.ts';

/** A change of a record, with defaults. */
export const changeOf = (id: string, rest: Partial<Change> = {}): Change => ({
  vendor: 'stripe',
  type: 'Payment',
  id,
  kind: 'UPDATED',
  related: [],
  changed: [],
  at: 1_700_000_000_000,
  source: 'webhook',
  ...rest,
});

/** A change of a record of any type, by the vendor that has it. */
export const changeOfType = (type: string, id: string, rest: Partial<Change> = {}): Change =>
  changeOf(id, {
    vendor: type === 'Customer' || type === 'Company' || type === 'Deal' ? 'hubspot' : 'stripe',
    type,
    ...rest,
  });

/** An event that changes records. @default the record with its key as id */
export const eventOf = (key: string, ids: readonly string[] = [key]): NewEvent => ({
  key,
  changes: ids.map((id) => changeOf(id)),
});
