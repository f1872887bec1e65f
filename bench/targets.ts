import { announced, type Environment, freePort, start, type Target, untilReady } from './processes.ts';

export async function startHandWritten(
  environment: Environment,
  kind: 'fastify' | 'bare',
  execArgv: readonly string[] = [],
): Promise<Target> {
  const child = start('bench/hand-written', [kind], { NODE_ENV: 'production', ...environment }, execArgv);
  const { url } = await announced<{ url: string }>(child);
  return target(kind === 'bare' ? 'hand-written on node:http' : 'hand-written', url, [child]);
}

export async function startEmbedded(environment: Environment, execArgv: readonly string[] = []): Promise<Target> {
  const { child, url } = await startServer('gateway', [], environment, execArgv);
  return target('embedded', url, [child]);
}

export async function startDistributed(environment: Environment): Promise<Target> {
  const services = await Promise.all(
    ['crm', 'payments', 'maps'].map(async (name) => ({ name, ...(await startServer('subgraph', [name], environment)) })),
  );
  const urls = Object.fromEntries(services.map(({ name, url }) => [`${name.toUpperCase()}_SUBGRAPH_URL`, `${url}/graphql`]));
  const { child, url } = await startServer('gateway', [], { ...environment, ...urls });
  return target('distributed', url, [child, ...services.map((service) => service.child)]);
}

async function startServer(program: string, args: readonly string[], environment: Environment, execArgv: readonly string[] = []) {
  const port = await freePort();
  const child = start(program, args, { LOG_LEVEL: 'warn', ...environment, PORT: String(port) }, execArgv);
  const url = `http://127.0.0.1:${String(port)}`;
  await untilReady(`${url}/health/ready`);
  return { child, url };
}

function target(name: string, url: string, processes: Target['processes']): Target {
  const [front] = processes;
  if (front === undefined) throw new TypeError('A target has a process.');
  return {
    name,
    url,
    isGraphQL: !name.startsWith('hand-written'),
    processes,
    front,
    close: () => {
      for (const child of processes) child.kill('SIGKILL');
    },
  };
}
