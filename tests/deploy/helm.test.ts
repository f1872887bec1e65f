import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { describeBuilt } from '../built-program.ts';
import { checkManifests, type Manifest } from './manifests.ts';
import { describeWith } from './tools.ts';

const CHART = 'deploy/helm/tributary';
const ALERTS = 'deploy/prometheus/alerts.yaml';
const VALUE_SETS = ['minimal', 'production', 'own-graph'];
const valuesOf = (set: string) => ['--values', `${CHART}/ci/${set}-values.yaml`];

/** @returns the manifests that the chart makes of a set of values */
function render(set: string, ...options: readonly string[]): readonly Manifest[] {
  const text = execFileSync('helm', ['template', 'demo', CHART, ...valuesOf(set), ...options], {
    encoding: 'utf8',
  });
  // A cast: the tests say what they expect to be in it.
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

/** @returns why the chart refuses values */
const refusal = (...options: readonly string[]) =>
  spawnSync('helm', ['template', 'demo', CHART, ...options], { encoding: 'utf8' }).stderr;

/** @throws {Error} if there is none of this kind */
function find(manifests: readonly Manifest[], kind: string): Manifest {
  const found = manifests.find((manifest) => manifest.kind === kind);
  if (found === undefined) throw new Error(`There is no ${kind}.`);
  return found;
}

/** What the tests read of a pod. */
interface Pod {
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly [Container];
  readonly volumes?: readonly {
    readonly name: string;
    readonly projected?: { readonly sources: unknown };
  }[];
}
interface Container extends Readonly<
  Record<`${'startup' | 'liveness' | 'readiness'}Probe`, Probe>
> {
  readonly env: readonly { readonly name: string; readonly value: string }[];
}
interface Probe {
  readonly httpGet: { readonly path: string };
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

// A cast: the types of Kubernetes' API are checked first.
const podOf = (manifests: readonly Manifest[]) =>
  find(manifests, 'Deployment').spec.template.spec as Pod;

const environmentOf = ({ containers }: Pod) =>
  new Map(containers[0].env.map(({ name, value }) => [name, value]));

it('the check of manifests reports an unknown field and a wrong type', () => {
  const manifest = (kind: string, apiVersion: string, spec: unknown): Manifest => ({
    apiVersion,
    kind,
    metadata: { name: 'demo', labels: {} },
    spec,
  });
  expect(
    checkManifests([
      manifest('Service', 'v1', { port: [] }),
      manifest('HorizontalPodAutoscaler', 'autoscaling/v2', { minReplicas: '2' }),
    ]),
  ).toEqual([
    "HorizontalPodAutoscaler: Type 'string' is not assignable to type 'number'.",
    expect.stringContaining(`'"port"' does not exist in type 'IServiceSpec'`),
  ]);
});

it('there is a test of each set of values', () => {
  expect(readdirSync(`${CHART}/ci`).sort()).toEqual(
    VALUE_SETS.map((set) => `${set}-values.yaml`).sort(),
  );
});

describeWith('helm').each(VALUE_SETS)('the Helm chart with %s values', (set) => {
  let manifests: readonly Manifest[];
  beforeAll(() => {
    manifests = render(set);
  });

  it('passes helm lint', () => {
    execFileSync('helm', ['lint', '--strict', '--quiet', CHART, ...valuesOf(set)]);
  });

  it('makes manifests with the fields and types of the API of Kubernetes', () => {
    expect(checkManifests(manifests)).toEqual([]);
  });

  it('runs as non-root on a read-only root, without capabilities or a token of the cluster', () => {
    expect(find(manifests, 'Deployment').spec.template.spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    });
  });

  it('gives a pod more time to end than it needs for draining and for requests under way', () => {
    const pod = podOf(manifests);
    const settings = environmentOf(pod);
    const needed =
      Number(settings.get('DRAIN_DELAY_MS') ?? 5000) +
      Number(settings.get('REQUEST_TIMEOUT_MS') ?? 10_000);
    expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThan(needed);
  });

  it('probes liveness without the vendors, and readiness often enough for the drain delay', () => {
    const { startupProbe, livenessProbe, readinessProbe } = podOf(manifests).containers[0];
    expect(
      [startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet.path),
    ).toEqual(['/health/live', '/health/live', '/health/ready']);
    expect(readinessProbe.periodSeconds * readinessProbe.failureThreshold).toBeLessThan(5);
  });

  it('gives secrets as files of existing Secrets, and nothing secret in a manifest', () => {
    // A cast: the chart's schema of values is checked before.
    const { secrets } = parse(readFileSync(`${CHART}/ci/${set}-values.yaml`, 'utf8')) as {
      readonly secrets: Readonly<Record<string, { readonly secret: string; readonly key: string }>>;
    };
    const pod = podOf(manifests);
    expect(manifests.map(({ kind }) => kind)).not.toContain('Secret');
    expect(pod.volumes?.find(({ name }) => name === 'secrets')?.projected?.sources).toEqual(
      Object.entries(secrets)
        .sort()
        .map(([path, { secret, key }]) => ({ secret: { name: secret, items: [{ key, path }] } })),
    );
    const environment = environmentOf(pod);
    for (const name of Object.keys(secrets)) {
      const variable = name.endsWith('_FILE') ? name : `${name}_FILE`;
      expect(environment.get(variable)).toBe(`/run/secrets/tributary/${name}`);
    }
  });

  it('sends the traffic of the Service to the pods', () => {
    const labels = find(manifests, 'Deployment').spec.template.metadata.labels;
    expect(labels).toMatchObject(find(manifests, 'Deployment').spec.selector.matchLabels);
    expect(labels).toMatchObject(find(manifests, 'Service').spec.selector);
    expect(labels).toMatchObject(find(manifests, 'NetworkPolicy').spec.podSelector.matchLabels);
  });
});

describeWith('helm')('the Helm chart', () => {
  it('scales, spreads and monitors several instances', () => {
    const manifests = render('production', '--set-file', `alerts=${ALERTS}`);
    expect(manifests.map(({ kind }) => kind).sort()).toEqual([
      'Deployment',
      'HorizontalPodAutoscaler',
      'Ingress',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'PrometheusRule',
      'Service',
      'ServiceMonitor',
    ]);
    // The autoscaler decides.
    expect(find(manifests, 'Deployment').spec).not.toHaveProperty('replicas');
    expect(find(manifests, 'HorizontalPodAutoscaler').spec.scaleTargetRef).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: find(manifests, 'Deployment').metadata.name,
    });
    expect(find(manifests, 'ServiceMonitor').spec).toEqual({
      jobLabel: 'app.kubernetes.io/name',
      selector: { matchLabels: find(manifests, 'Service').spec.selector },
      endpoints: [{ port: 'http', path: '/metrics', interval: '30s' }],
    });
    expect(find(manifests, 'ServiceMonitor').metadata.labels).toMatchObject({
      release: 'prometheus',
    });
    expect(find(manifests, 'PrometheusRule').spec).toEqual(parse(readFileSync(ALERTS, 'utf8')));
  });

  it('gives one instance no disruption budget, which would keep its node from being drained', () => {
    expect(
      render('minimal')
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(['Deployment', 'NetworkPolicy', 'Service']);
  });

  it('writes large numbers in full', () => {
    const environment = environmentOf(podOf(render('production')));
    expect(environment.get('MAX_UNREAD_BYTES')).toBe('134217728');
  });

  it('publishes neither the metrics nor the health of a process', () => {
    // A cast: the types of Kubernetes' API are checked before.
    const { rules } = find(render('production'), 'Ingress').spec as {
      readonly rules: readonly [
        { readonly http: { readonly paths: readonly { readonly path: string }[] } },
      ];
    };
    expect(rules[0].http.paths.map(({ path }) => path)).toEqual(['/graphql', '/map', '/webhooks']);
  });

  it('sends connections to names, TLS, Redis and the listed services only', () => {
    const portsOf = (set: string) => {
      // A cast: the types of Kubernetes' API are checked before.
      const { egress } = find(render(set), 'NetworkPolicy').spec as {
        readonly egress: readonly { readonly ports: readonly [{ readonly port: number }] }[];
      };
      return egress.map(({ ports }) => ports[0].port);
    };
    expect(portsOf('minimal')).toEqual([53, 443]);
    expect(portsOf('production')).toEqual([53, 443, 6379]);
    expect(portsOf('own-graph')).toEqual([53, 443, 4010]);
  });

  it('replaces the pods when the graph changes', () => {
    const checksum = (...options: readonly string[]) =>
      find(render('own-graph', ...options), 'Deployment').spec.template.metadata.annotations;
    expect(checksum()).toEqual(checksum());
    expect(checksum()).not.toEqual(checksum('--set', 'graph.new\\.graphql=type A'));
  });

  it.each([
    [
      'several instances without Redis',
      ['--set', 'replicas=2'],
      'Several instances need secrets.REDIS_URL',
    ],
    [
      'an Ingress without TLS',
      ['--set', 'ingress.enabled=true', '--set', 'ingress.host=graph.example.com'],
      'ingress.tlsSecret must name the Secret with the certificate',
    ],
    [
      'files of a graph without graph.yaml',
      ['--set', 'graph.loyalty\\.graphql=type A'],
      'graph must have the file graph.yaml',
    ],
    ['a value that it does not know', ['--set', 'replica=2'], "'replica' not allowed"],
    [
      'a secret in plain text',
      ['--set', 'secrets.STRIPE_SECRET_KEY=sk_live_1'],
      'STRIPE_SECRET_KEY',
    ],
  ])('refuses %s', (_title, options, message) => {
    expect(refusal(...options)).toContain(message);
  });
});

describeBuilt('the graph of the own-graph values', () => {
  it('composes', () => {
    // A cast: the chart's schema of values is checked before.
    const { graph } = parse(readFileSync(`${CHART}/ci/own-graph-values.yaml`, 'utf8')) as {
      readonly graph: Readonly<Record<string, string>>;
    };
    const directory = mkdtempSync(join(tmpdir(), 'graph-'));
    for (const [name, text] of Object.entries(graph)) writeFileSync(join(directory, name), text);
    const args = ['compose', '--graph', join(directory, 'graph.yaml'), '--out', directory];
    execFileSync(process.execPath, ['dist/tributary.js', ...args], {
      env: { LOYALTY_URL: 'http://127.0.0.1:4010/graphql' },
    });
    expect(readFileSync(join(directory, 'api.graphql'), 'utf8')).toContain('points: Int');
    rmSync(directory, { recursive: true });
  });
});

it('docs/configuration.md has each setting that the files of deploy/ use', () => {
  const documented = readFileSync('docs/configuration.md', 'utf8');
  const texts = [
    ...VALUE_SETS.map((set) => `${CHART}/ci/${set}-values.yaml`),
    'deploy/compose.yaml',
  ];
  const names = texts.flatMap((file) =>
    Array.from(
      readFileSync(file, 'utf8').matchAll(/^ +([A-Z][A-Z0-9_]+):/gm),
      ([, name = '']) => name,
    ),
  );
  expect(
    names.filter(
      (name) =>
        !/^(GF_|LOYALTY_URL$)/.test(name) &&
        !documented.includes(`\`${name}\``) &&
        !documented.includes(`\`${name.replace(/_FILE$/, '')}\``),
    ),
  ).toEqual([]);
});
