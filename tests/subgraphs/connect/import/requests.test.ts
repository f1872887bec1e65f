import { describe, expect, it } from '@jest/globals';
import { buildRequest } from '../../../../subgraphs/connect/build-request.ts';
import { startApi } from '../start-api.ts';
import { fuse, readFile } from '../start-connectors.ts';
import { apiDocument, importText } from './import-text.ts';

/** The request that a field makes. @param operation is YAML: what `method` of `/orders/{id}` is */
function requestOf(
  method: string,
  operation: string,
  args: Readonly<Record<string, unknown>>,
  schemas?: string,
) {
  const { sdl, notImported } = importText(
    apiDocument(
      `/orders/{id}:\n  ${method}:\n    operationId: doIt\n${operation
        .trim()
        .split('\n')
        .map((line) => `    ${line}`)
        .join('\n')}`,
      schemas,
    ),
  );
  if (notImported[0] !== undefined) return notImported[0].reason;
  const [connector] = readFile(sdl, {}).connectors;
  return connector && buildRequest(connector, { $args: args }, {});
}

const RESPONSES = `responses:
  '200':
    description: Done.
    content: { application/json: { schema: { type: object, properties: { ok: { type: boolean } } } } }`;

const parameters = (...all: readonly string[]) =>
  `parameters:\n${['{ name: id, in: path, required: true, schema: { type: string } }', ...all].map((one) => `  - ${one}`).join('\n')}\n${RESPONSES}`;

const body = (type: string, schema: string) => `${parameters()}
requestBody:
  required: true
  content: { ${type}: { schema: ${schema} } }`;

describe('requests of an imported API', () => {
  it('send parameters in the path and the query, under the names of the API', () => {
    const operation = parameters(
      '{ name: per_page, in: query, schema: { type: integer } }',
      '{ name: "filter[status]", in: query, schema: { type: string, enum: [is-open, closed] } }',
      '{ name: not_given, in: query, schema: { type: string } }',
    );
    expect(
      requestOf('get', operation, { id: 'a/b', perPage: 5, filterStatus: 'IS_OPEN' }),
    ).toMatchObject({
      method: 'GET',
      path: '/orders/{id}',
      params: { id: 'a/b' },
      query: { per_page: '5', 'filter[status]': 'is-open' },
    });
  });

  it.each([
    ['{ name: ids, in: query, schema: { type: array, items: { type: string } } }', ['1', '2']],
    [
      '{ name: ids, in: query, explode: false, schema: { type: array, items: { type: string } } }',
      '1,2',
    ],
    [
      '{ name: ids, in: query, style: pipeDelimited, schema: { type: array, items: { type: string } } }',
      '1|2',
    ],
  ])('send the list %s as %j', (parameter, ids) => {
    expect(requestOf('get', parameters(parameter), { id: '1', ids: ['1', '2'] })).toMatchObject({
      query: { ids },
    });
  });

  it('send header parameters', () => {
    const operation = parameters('{ name: X-Tenant, in: header, schema: { type: string } }');
    expect(requestOf('get', operation, { id: '1', xTenant: 'north' })).toMatchObject({
      headers: { 'x-tenant': 'north' },
    });
  });

  it('send a JSON body under the names of the API, with its numbers and without absent fields', () => {
    const schema = `{ type: object, required: [first_name], properties: { first_name: { type: string }, last_name: { type: string }, owner_id: { type: integer, format: int64 }, kind: { type: string, enum: [a-b, c] }, lines: { type: array, items: { type: object, properties: { article_no: { type: string } } } }, nick_name: { type: [string, "null"] } } }`;
    const input = {
      firstName: 'A',
      ownerId: '9007199254740993',
      kind: 'A_B',
      lines: [{ articleNo: '1' }],
      nickName: null,
    };
    expect(requestOf('post', body('application/json', schema), { id: '1', input })).toMatchObject({
      method: 'POST',
      jsonText:
        '{"first_name":"A","owner_id":9007199254740993,"kind":"a-b","lines":[{"article_no":"1"}],"nick_name":null}',
    });
  });

  it('send a form with objects as names in brackets', () => {
    const schema =
      '{ type: object, properties: { first_name: { type: string }, address: { type: object, properties: { postal_code: { type: string } } } } }';
    const input = { firstName: 'A', address: { postalCode: '1' } };
    expect(
      requestOf('post', body('application/x-www-form-urlencoded', schema), { id: '1', input }),
    ).toMatchObject({ form: { first_name: 'A', 'address[postal_code]': '1' } });
  });

  it('have no input for read-only properties', () => {
    const schema =
      '{ type: object, properties: { id: { type: string, readOnly: true }, note: { type: string } } }';
    const input = { id: '1', note: 'n' };
    expect(requestOf('put', body('application/json', schema), { id: '1', input })).toMatchObject({
      jsonText: '{"note":"n"}',
    });
  });

  it.each([
    [
      'a body that is a file',
      body('application/octet-stream', '{ type: string }'),
      'its body is neither JSON nor a form: application/octet-stream',
    ],
    [
      'a required parameter without a type',
      parameters('{ name: q, in: query, required: true, schema: { type: object } }'),
      'the parameter q is required: it is a free-form object',
    ],
    [
      'a required cookie',
      parameters('{ name: q, in: cookie, required: true, schema: { type: string } }'),
      'the parameter q is required: it is in the cookie',
    ],
  ])('omit an operation with %s, with a reason', (_what, operation, reason) => {
    expect(requestOf('post', operation, {})).toBe(reason);
  });

  it('return true for a write whose response has no content', async () => {
    const { sdl } = importText(
      apiDocument(`/orders/{id}:
  delete:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    responses: { '204': { description: Deleted. } }`),
    );
    expect(sdl).toContain('deleteOrder(id: ID!): Boolean');
    await using api = await startApi(() => ({ status: 204 }));
    const graph = fuse(
      readFile(
        `${sdl}\ntype Query { one: Int @connect(source: "erp", http: { GET: "/" }, selection: "$.one") }`,
        {
          erp: { baseUrl: api.url },
        },
      ),
    );
    expect(await graph.run('mutation { deleteOrder(id: "1") }')).toEqual({
      data: { deleteOrder: true },
    });
    await graph.close();
    expect(api.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'DELETE /orders/1',
    ]);
  });
});
