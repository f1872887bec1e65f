import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeBuilt } from '../built-program.ts';
import { sendOperation } from '../gateway/start-gateway.ts';
import { openTutorial, PLAYGROUND, type Tutorial } from './tutorial.ts';

let tutorial: Tutorial;

beforeAll(async () => {
  tutorial = await openTutorial('docs/your-api.md', '4020');
});
afterAll(() => tutorial.close());

describeBuilt('docs/your-api.md, followed as it is written', () => {
  /** Commands in the terminal of the reader, in which the first block has set a variable. */
  const inTerminal = (commands: string) => {
    const exported = tutorial.blocks('sh')[0]?.match(/^export .*$/m)?.[0] ?? '';
    return `${exported}\n${commands}`;
  };
  const command = (part: string) =>
    inTerminal(tutorial.blocks('sh').find((block) => block.includes(part)) ?? '');

  it('shows the response of the API, a graph.yaml without problems, and what check says of a mistake', async () => {
    await tutorial.start(command('erp-service.mjs'), /listens on/);
    const { stdout } = tutorial.run(command('curl'));
    const [shown = ''] = tutorial.blocks('json');
    expect(Object.keys(JSON.parse(stdout).orders[0])).toEqual(
      Object.keys(JSON.parse(shown).orders[0]),
    );
    tutorial.save('yaml', 'my-api/graph.yaml');
    const [said = '', mistake = ''] = tutorial.blocks('');
    tutorial.save('graphql', 'my-api/orders.graphql', (code) =>
      code.replace('$this.email', '$this.mail'),
    );
    expect(tutorial.run(command('check --graph'))).toMatchObject({ status: 1, stderr: mistake });
    tutorial.save('graphql', 'my-api/orders.graphql');
    expect(tutorial.run(command('check --graph'))).toMatchObject({ status: 0, stdout: said });
  });

  it('records a test of the API without its key, which passes', () => {
    const recorded = tutorial.run(command('connect record'));
    expect([recorded.status, recorded.stdout]).toEqual([
      0,
      'my-api/orders.connector.yaml has 1 test.\n',
    ]);
    const file = readFileSync(join(tutorial.folder, 'my-api/orders.connector.yaml'), 'utf8');
    expect(file).not.toMatch(/erp-example-key|ann@/);
    const [, , tested = ''] = tutorial.blocks('');
    expect(tutorial.run(command('connect test my-api'))).toMatchObject({
      status: 0,
      stdout: tested,
    });
  });

  it('starts a gateway whose customers have their orders', async () => {
    const [, url = ''] = await tutorial.start(command('npm start'), PLAYGROUND);
    const query = tutorial.blocks('graphql').find((block) => block.startsWith('{'));
    const { data, errors } = await sendOperation(url, { query });
    expect(errors).toBeUndefined();
    expect(data.customers.nodes).toHaveLength(3);
    expect(data.customers.nodes[0]).toMatchObject({
      orders: [
        {
          id: expect.stringMatching(/^\d{5}/),
          status: expect.any(String),
          total: expect.any(String),
        },
        {},
      ],
    });
  });
});
