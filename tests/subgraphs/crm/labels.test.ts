import { describe, expect, it } from '@jest/globals';
import { mockHubspot, wireRecord } from './hubspot-mock.ts';
import { startCrm } from './start-crm.ts';

const DEALS = '/crm/objects/2026-09/deals';
const PIPELINES = '/crm/pipelines/2026-09/deals';
const OWNERS = '/crm/owners/2026-09';

const hubspot = mockHubspot();
const { ask } = startCrm();

const stage = (id: string, label: string, metadata: object) => ({
  id,
  label,
  displayOrder: 0,
  metadata,
  archived: false,
});
const pipelines = {
  results: [
    {
      id: 'default',
      label: 'Sales',
      displayOrder: 0,
      stages: [
        stage('open', 'Open', { isClosed: 'false', probability: '0.4' }),
        stage('won', 'Won', { isClosed: 'true', probability: '1.0' }),
        stage('lost', 'Lost', { isClosed: 'true', probability: '0.0' }),
      ],
    },
  ],
};
const dealIn = (id: number, dealstage: string | null) =>
  wireRecord(id, { dealstage, pipeline: 'default' });

describe('labels', () => {
  it('of stages and pipelines are read once for all deals', async () => {
    hubspot.on('GET', DEALS, {
      results: [
        dealIn(1, 'open'),
        dealIn(2, 'won'),
        dealIn(3, 'lost'),
        dealIn(4, 'gone'),
        dealIn(5, null),
      ],
    });
    hubspot.on('GET', PIPELINES, pipelines);
    const { data, errors } = await ask(
      '{ deals { nodes { stage { id label isWon isClosed } pipeline { label } } } }',
    );
    expect(errors).toEqual([]);
    const pipeline = { label: 'Sales' };
    expect(data).toEqual({
      deals: {
        nodes: [
          { stage: { id: 'open', label: 'Open', isWon: false, isClosed: false }, pipeline },
          { stage: { id: 'won', label: 'Won', isWon: true, isClosed: true }, pipeline },
          { stage: { id: 'lost', label: 'Lost', isWon: false, isClosed: true }, pipeline },
          { stage: { id: 'gone', label: null, isWon: null, isClosed: null }, pipeline },
          { stage: null, pipeline },
        ],
      },
    });
  });

  it('make no call if only ids are selected', async () => {
    hubspot.on('GET', DEALS, { results: [dealIn(1, 'open')] });
    const { data } = await ask('{ deals { nodes { stage { id } pipeline { id } owner { id } } } }');
    expect(data).toEqual({
      deals: { nodes: [{ stage: { id: 'open' }, pipeline: { id: 'default' }, owner: null }] },
    });
  });

  it('that fail affect only their own field', async () => {
    hubspot.on('GET', DEALS, { results: [dealIn(1, 'open')] });
    hubspot.on('GET', PIPELINES, () => ({
      status: 403,
      body: { status: 'error', category: 'MISSING_SCOPES' },
    }));
    const { data, errors } = await ask('{ deals { nodes { stage { id label } } } }');
    expect(data).toEqual({ deals: { nodes: [{ stage: { id: 'open', label: null } }] } });
    expect(errors).toMatchObject([{ code: 'UPSTREAM_AUTH', path: 'deals.nodes.0.stage.label' }]);
  });

  it('of lifecycle stages are read once for all customers', async () => {
    hubspot.on('GET', '/crm/objects/2026-09/contacts', {
      results: [1, 2].map((id) => wireRecord(id, { lifecyclestage: id === 1 ? 'lead' : '4711' })),
    });
    hubspot.on('GET', '/crm/properties/2026-09/contacts/lifecyclestage', {
      name: 'lifecyclestage',
      options: [
        { value: 'lead', label: 'Lead', hidden: false },
        { value: '4711', label: 'Regular', hidden: false },
      ],
    });
    const { data } = await ask('{ customers { nodes { lifecycleStage { id label } } } }');
    expect(data).toEqual({
      customers: {
        nodes: [
          { lifecycleStage: { id: 'lead', label: 'Lead' } },
          { lifecycleStage: { id: '4711', label: 'Regular' } },
        ],
      },
    });
  });
});

describe('owners', () => {
  it('of all deals are read from as many pages as needed; an unknown owner has only an id', async () => {
    hubspot.on('GET', DEALS, {
      results: ['21', '22', '99'].map((owner, index) =>
        wireRecord(index + 1, { hubspot_owner_id: owner }),
      ),
    });
    hubspot.on(
      'GET',
      OWNERS,
      {
        results: [{ id: '21', email: 'kim@example.com', firstName: 'Kim', lastName: '' }],
        paging: { next: { after: '500' } },
      },
      { results: [{ id: '22', firstName: 'Lee', lastName: 'Doe' }] },
      { results: [] },
    );
    const { data } = await ask('{ deals { nodes { owner { id name email } } } }');
    expect(data).toEqual({
      deals: {
        nodes: [
          { owner: { id: '21', name: 'Kim', email: 'kim@example.com' } },
          { owner: { id: '22', name: 'Lee Doe', email: null } },
          { owner: { id: '99', name: null, email: null } },
        ],
      },
    });
    expect(
      hubspot
        .asked()
        .slice(1)
        .map(({ query }) => query),
    ).toEqual([
      { limit: '500' },
      { limit: '500', after: '500' },
      { limit: '500', archived: 'true' },
    ]);
  });

  it('keep their name after their user was removed', async () => {
    hubspot.on('GET', DEALS, { results: [wireRecord(1, { hubspot_owner_id: '30' })] });
    hubspot.on(
      'GET',
      OWNERS,
      { results: [{ id: '21', firstName: 'Kim', lastName: null }] },
      { results: [{ id: '30', firstName: 'Gone', lastName: 'Away', archived: true }] },
    );
    const { data } = await ask('{ deals { nodes { owner { name } } } }');
    expect(data).toEqual({ deals: { nodes: [{ owner: { name: 'Gone Away' } }] } });
  });

  it('are read only until the selected ones are found', async () => {
    hubspot.on('GET', DEALS, { results: [wireRecord(1, { hubspot_owner_id: '21' })] });
    hubspot.on('GET', OWNERS, {
      results: [{ id: '21', email: 'kim@example.com' }],
      paging: { next: { after: '500' } },
    });
    const { data } = await ask('{ deals { nodes { owner { email } } } }');
    expect(data).toEqual({ deals: { nodes: [{ owner: { email: 'kim@example.com' } }] } });
  });
});

describe('lists of choices', () => {
  it('of pipelines and lifecycle stages cost one call each, labels and stages included', async () => {
    hubspot.on('GET', PIPELINES, pipelines);
    hubspot.on('GET', '/crm/properties/2026-09/contacts/lifecyclestage', {
      options: [
        { value: 'lead', label: 'Lead' },
        { value: '4711', label: 'Regular' },
      ],
    });
    const { data, errors } = await ask(
      '{ pipelines { id label stages { id label isWon isClosed } } lifecycleStages { id label } }',
    );
    expect([data, errors]).toEqual([
      {
        pipelines: [
          {
            id: 'default',
            label: 'Sales',
            stages: [
              { id: 'open', label: 'Open', isWon: false, isClosed: false },
              { id: 'won', label: 'Won', isWon: true, isClosed: true },
              { id: 'lost', label: 'Lost', isWon: false, isClosed: true },
            ],
          },
        ],
        lifecycleStages: [
          { id: 'lead', label: 'Lead' },
          { id: '4711', label: 'Regular' },
        ],
      },
      [],
    ]);
    expect(hubspot.asked()).toHaveLength(2);
  });

  it('of pipelines share their call with the labels of deals', async () => {
    hubspot.on('GET', DEALS, { results: [dealIn(1, 'open')] });
    hubspot.on('GET', PIPELINES, pipelines);
    const { data } = await ask(
      '{ deals { nodes { stage { label } pipeline { stages { id } } } } pipelines { id } }',
    );
    const stages = [{ id: 'open' }, { id: 'won' }, { id: 'lost' }];
    expect(data).toEqual({
      deals: { nodes: [{ stage: { label: 'Open' }, pipeline: { stages } }] },
      pipelines: [{ id: 'default' }],
    });
  });

  it('of users cost one call a page, names included, and continue after any user', async () => {
    const owner = (id: number) => ({ id: String(id), firstName: `No ${String(id)}` });
    hubspot.on(
      'GET',
      OWNERS,
      { results: [owner(21), owner(22)], paging: { next: { after: '900' } } },
      { results: [owner(21), owner(22)], paging: { next: { after: '900' } } },
      { results: [owner(23)] },
    );
    const list = (after?: string) =>
      ask(
        'query ($after: String) { owners(first: 2, after: $after) { edges { cursor node { id name } } pageInfo { hasNextPage } } }',
        { after },
      );
    const first = await list();
    expect(first.data).toMatchObject({
      owners: {
        edges: [{ node: { id: '21', name: 'No 21' } }, { node: { id: '22', name: 'No 22' } }],
        pageInfo: { hasNextPage: true },
      },
    });
    const cursor = /"cursor":"([^"]+)"/.exec(JSON.stringify(first.data))?.[1];
    expect((await list(cursor)).data).toMatchObject({
      owners: {
        edges: [{ node: { id: '22' } }, { node: { id: '23', name: 'No 23' } }],
        pageInfo: { hasNextPage: false },
      },
    });
    expect(hubspot.asked().map(({ query }) => query)).toEqual([
      { limit: '2' },
      { limit: '3' },
      { limit: '1', after: '900' },
    ]);
  });
});
