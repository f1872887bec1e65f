import { describe, expect, it } from '@jest/globals';
import type { Environment, Problems } from '../../settings/settings.ts';
import { SUBGRAPHS } from '../../bin/subgraphs.ts';
import { describePlan, planVendors } from '../../subgraphs/vendor-plan.ts';

function plan(environment: Environment, production = false) {
  const problems: Problems = [];
  const plans = planVendors({ modules: SUBGRAPHS, environment, production, problems });
  return { lines: plans.map(describePlan), problems };
}

const CREDENTIALS = { HUBSPOT_ACCESS_TOKEN: 'h', STRIPE_SECRET_KEY: 's', GOOGLE_MAPS_API_KEY: 'g' };

describe('the vendors of the subgraphs', () => {
  it('are sandbox vendors without a credential, which is printed', () => {
    expect(plan({ STRIPE_SECRET_KEY: 'sk_test_1' })).toEqual({
      problems: [],
      lines: [
        'crm: sandbox vendor hubspot with invented data, because HUBSPOT_ACCESS_TOKEN is not set',
        'payments: stripe',
        'maps: sandbox vendor google with invented data, because GOOGLE_MAPS_API_KEY is not set',
      ],
    });
  });

  it('must be real in production', () => {
    expect(plan({ HUBSPOT_ACCESS_TOKEN: 'h', STRIPE_SECRET_KEY: '' }, true).problems).toEqual([
      'STRIPE_SECRET_KEY must be set in production.',
      'GOOGLE_MAPS_API_KEY must be set in production.',
    ]);
    expect(plan(CREDENTIALS, true).problems).toEqual([]);
  });

  it('must have a credential if they have a base URL', () => {
    const bases = {
      HUBSPOT_BASE_URL: 'http://proxy',
      GOOGLE_PLACES_BASE_URL: 'http://proxy',
      STRIPE_BASE_URL: '',
    };
    expect(plan(bases).problems).toEqual([
      'HUBSPOT_BASE_URL is set, so HUBSPOT_ACCESS_TOKEN must be set too.',
      'GOOGLE_PLACES_BASE_URL is set, so GOOGLE_MAPS_API_KEY must be set too.',
    ]);
    expect(plan({ ...bases, ...CREDENTIALS }).problems).toEqual([]);
  });

  it('must be known', () => {
    expect(plan({ CRM_PROVIDER: 'rolodex' }).problems).toEqual([
      'CRM_PROVIDER must be one of hubspot, but is "rolodex".',
    ]);
  });

  it('hide no other problem if they are unknown', () => {
    const names = ['CRM_PROVIDER', 'CUSTOMER_LINK', 'MAPS_PROVIDER', 'MAP_SIGNING_SECRET'];
    const { problems } = plan({
      CRM_PROVIDER: 'x',
      CUSTOMER_LINK: 'foo',
      MAPS_PROVIDER: 'x',
      MAP_SIGNING_SECRET: 'short',
    });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual(names);
  });
});
