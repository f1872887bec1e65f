import type { CrmVendorCapabilities } from '../../provider.ts';

/**
 * Maximum number of records in a page of a list, and of keys in a batch.
 * https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide
 */
export const MAX_RECORDS = 100;

export const HUBSPOT_CAPABILITIES: CrmVendorCapabilities = {
  maxBatchSize: MAX_RECORDS,
  idPattern: /^\d{1,20}$/,
  idDescription: 'a number of up to 20 digits',
  // https://knowledge.hubspot.com/properties/property-field-types-in-hubspot
  maxTextLength: 65_536,
  // https://developers.hubspot.com/docs/api-reference/search/guide#limitations
  maxSearchLength: 3000,
  // Filters of a group: https://developers.hubspot.com/docs/api-reference/search/guide#limitations
  maxConditions: 6,
  hasSecondAddressLine: { customer: false, company: true },
  // HubSpot documents "some seconds": https://developers.hubspot.com/docs/api-reference/search/guide#limitations
  searchDelaySeconds: 30,
  writeCalls: {
    createCustomer: 3,
    updateCustomer: 6,
    createCompany: 3,
    updateCompany: 2,
    createDeal: 3,
    updateDeal: 2,
  },
};
