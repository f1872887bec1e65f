import { describe, expect, it } from '@jest/globals';
import { crm } from '../../../subgraphs/crm/subgraph.ts';
import { problemsOf as problems } from '../open-subgraph.ts';
import { TOKEN } from './start-crm.ts';

const problemsOf = (environment: Readonly<Record<string, string>>) => problems(crm, environment);

describe('the configuration of the CRM', () => {
  it('needs no more than a credential', () => {
    expect(problemsOf({ HUBSPOT_ACCESS_TOKEN: TOKEN })).toEqual([]);
  });

  it('reports all problems at once, without credentials', () => {
    const found = problemsOf({
      HUBSPOT_ACCESS_TOKEN: `${TOKEN} `,
      HUBSPOT_API_VERSION: 'v2',
      HUBSPOT_BASE_URL: 'ftp://hubspot.test',
      HUBSPOT_IDEMPOTENCY_PROPERTY: 'Tributary key',
      CUSTOMER_LINK: 'phone',
      CRM_DEFAULT_CURRENCY: 'euro',
    });
    expect(found).toEqual([
      'HUBSPOT_ACCESS_TOKEN must be printable ASCII text without spaces.',
      'HUBSPOT_API_VERSION must be one of 2026-09, v3.',
      'HUBSPOT_BASE_URL must be an http or https URL.',
      'HUBSPOT_IDEMPOTENCY_PROPERTY must be the internal name of a property, such as tributary_key.',
      'CUSTOMER_LINK must be "email", or "property:" followed by the name of a CRM property.',
      'CRM_DEFAULT_CURRENCY must be an ISO 4217 currency code in capitals, such as EUR.',
    ]);
  });

  it('knows its vendors', () => {
    expect(problemsOf({ CRM_PROVIDER: 'rolodex' })).toEqual([
      'CRM_PROVIDER must be one of hubspot, but is "rolodex".',
    ]);
  });
});
