import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeBuilt } from '../built-program.ts';
import { parseMetrics, readMetrics } from '../monitoring/read-metrics.ts';
import { type BusyGateway, startBusyGateway } from './busy-gateway.ts';
import { alertExpressions, panelExpressions } from './expressions.ts';
import { groupingLabelsIn, selectorsIn } from './promql.ts';

/** Labels that Prometheus adds to each series. */
const ADDED = ['job', 'instance'];
/** A metric that Prometheus itself makes for each target. */
const OF_PROMETHEUS = 'up';

const documented = ['docs/operations.md', 'docs/errors.md']
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

describeBuilt('the metrics of a built gateway', () => {
  let gateway: BusyGateway;
  let live: ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;
  beforeAll(async () => {
    gateway = await startBusyGateway();
    await gateway.keepBusy();
    live = labelsByName(await readMetrics(gateway.url));
  });
  afterAll(() => gateway.close());

  const labelsOf = (name: string) => [...(live.get(name)?.keys() ?? []), ...ADDED];

  it.each([...panelExpressions(), ...alertExpressions()])(
    'are there with the labels and values that $where uses',
    ({ expression }) => {
      const selectors = selectorsIn(expression).filter(({ name }) => name !== OF_PROMETHEUS);
      const invalid = selectors.flatMap(({ name, matchers }) => {
        if (!live.has(name)) return [`no metric ${name}`];
        return matchers.flatMap(({ label, values }) => {
          if (!labelsOf(name).includes(label)) return [`no label ${label} of ${name}`];
          const known = live.get(name)?.get(label);
          return values
            .filter((value) => !known?.has(value) && !documented.includes(`\`${value}\``))
            .map((value) => `no value ${value} of ${label} of ${name}`);
        });
      });
      const labels = selectors.flatMap(({ name }) => labelsOf(name));
      expect([
        ...invalid,
        ...groupingLabelsIn(expression).filter((label) => !labels.includes(label)),
      ]).toEqual([]);
    },
  );
});

it.each([...panelExpressions(), ...alertExpressions()])(
  '$where reads a metric, and no part of its expression is overlooked',
  ({ expression }) => {
    const read = selectorsIn(expression);
    expect(read.length).toBeGreaterThan(0);
    expect(read).toHaveLength(
      [...expression.matchAll(/tributary_|nodejs_|process_|\bup\b/g)].length,
    );
  },
);

/** @returns of each metric, the values of each label */
function labelsByName(samples: ReturnType<typeof parseMetrics>) {
  const found = new Map<string, Map<string, Set<string>>>();
  for (const sample of samples.keys()) {
    const [, name = '', text = ''] = /^(\w+)(?:\{(.*)\})?$/s.exec(sample) ?? [];
    const labels = found.get(name) ?? new Map<string, Set<string>>();
    found.set(name, labels);
    for (const [, label = '', value = ''] of text.matchAll(/(\w+)="([^"]*)"/g))
      labels.set(label, (labels.get(label) ?? new Set()).add(value));
  }
  return found;
}
