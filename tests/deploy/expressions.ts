import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

/** A PromQL expression that `deploy/` ships. */
export interface ShippedExpression {
  /** The panel's title or the alert's name. */
  readonly where: string;
  readonly expression: string;
}

export function panelExpressions(): readonly ShippedExpression[] {
  const { panels } = dashboard.parse(JSON.parse(readFileSync(DASHBOARD, 'utf8')));
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ where: `panel "${title}"`, expression: expr })),
  );
}

export function alertExpressions(): readonly ShippedExpression[] {
  const { groups } = ruleFile.parse(parse(readFileSync(ALERTS, 'utf8')));
  return groups.flatMap(({ rules }) =>
    rules.map(({ alert, expr }) => ({ where: `alert ${alert}`, expression: expr })),
  );
}

const DASHBOARD = 'deploy/grafana/dashboard.json';
const ALERTS = 'deploy/prometheus/alerts.yaml';

const dashboard = z.object({
  panels: z.array(
    z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).optional() }),
  ),
});

const ruleFile = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })),
});
