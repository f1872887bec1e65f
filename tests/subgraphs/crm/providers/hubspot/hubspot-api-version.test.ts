import { describe, expect, it } from '@jest/globals';
import { everyRecord, mockHubspot, wireRecord } from '../../hubspot-mock.ts';
import { startCrm } from '../../start-crm.ts';

const hubspot = mockHubspot();

const QUERY =
  '{ deals { nodes { company { id } stage { label } owner { name } } } customer(id: "1") { lifecycleStage { label } } }';

describe.each([
  [
    'the dated API, by default',
    {},
    {
      deals: '/crm/objects/2026-09/deals',
      contacts: '/crm/objects/2026-09/contacts/batch/read',
      companies: '/crm/objects/2026-09/companies/batch/read',
      links: '/crm/associations/2026-09/deals/companies/batch/read',
      pipelines: '/crm/pipelines/2026-09/deals',
      owners: '/crm/owners/2026-09',
      stages: '/crm/properties/2026-09/contacts/lifecyclestage',
    },
  ],
  [
    'the API before it, by a setting',
    { HUBSPOT_API_VERSION: 'v3' },
    {
      deals: '/crm/v3/objects/deals',
      contacts: '/crm/v3/objects/contacts/batch/read',
      companies: '/crm/v3/objects/companies/batch/read',
      links: '/crm/v4/associations/deals/companies/batch/read',
      pipelines: '/crm/v3/pipelines/deals',
      owners: '/crm/v3/owners',
      stages: '/crm/v3/properties/contacts/lifecyclestage',
    },
  ],
])('%s,', (_version, setting, paths) => {
  const answerAll = () => {
    hubspot.on('GET', paths.deals, {
      results: [wireRecord(11, { dealstage: 's', hubspot_owner_id: '21' })],
    });
    hubspot.on('POST', paths.links, {
      results: [{ from: { id: '11' }, to: [{ toObjectId: 7, associationTypes: [] }] }],
    });
    hubspot.on('POST', paths.companies, everyRecord());
    hubspot.on(
      'POST',
      paths.contacts,
      everyRecord(() => ({ lifecyclestage: 'lead' })),
    );
    hubspot.on('GET', paths.pipelines, {
      results: [{ id: 'p', label: 'P', stages: [{ id: 's', label: 'Stage' }] }],
    });
    hubspot.on('GET', paths.owners, { results: [{ id: '21', firstName: 'Kim' }] });
    hubspot.on('GET', paths.stages, { options: [{ value: 'lead', label: 'Lead' }] });
  };
  const data = {
    deals: {
      nodes: [{ company: { id: '7' }, stage: { label: 'Stage' }, owner: { name: 'Kim' } }],
    },
    customer: { lifecycleStage: { label: 'Lead' } },
  };

  it('supports all kinds of reads', async () => {
    answerAll();
    expect(await startCrm(setting).ask(QUERY)).toMatchObject({ data, errors: [] });
  });

  it('has its responses cached by the types of the graph', async () => {
    const kinds = ['Customer', 'Company', 'Deal', 'Pipeline', 'LifecycleStage', 'Owner'];
    const { ask } = startCrm({
      ...setting,
      CRM_CACHE: kinds.map((kind) => `${kind}=60s`).join(','),
    });
    answerAll();
    await ask(QUERY);
    // No more answers are mocked.
    expect(await ask(QUERY)).toMatchObject({ data, errors: [], calls: [] });
  });

  it('counts searches by their own limit', async () => {
    const { ask } = startCrm({ ...setting, HUBSPOT_RATE_LIMIT: '1/50s' });
    const search = paths.deals.concat('/search');
    const page = { total: 0, results: [] };
    hubspot.on('POST', search, page, page);
    for (const word of ['a', 'b'])
      expect(await ask(`{ deals(search: "${word}") { nodes { id } } }`)).toMatchObject({
        errors: [],
      });
  });
});
