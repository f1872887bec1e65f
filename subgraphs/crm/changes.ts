import type { ChangeFields } from '../change-fields.ts';

/** The subgraph's fields of `Subscription`. */
export const CRM_CHANGES: ChangeFields = {
  customerChanged: { type: 'Customer', filters: {} },
  companyChanged: { type: 'Company', filters: {} },
  dealChanged: { type: 'Deal', filters: {} },
};
