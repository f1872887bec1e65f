import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { z } from 'zod';
import { watchTerminal } from '../gateway/server/run.ts';
import { loadEnvironmentFile } from '../settings/environment-file.ts';
import { SUBGRAPHS } from './subgraphs.ts';

// Starts a service for each built-in subgraph, and the gateway. ctrl-C, or the exit of one process, stops all: the
// gateway first, so that its open requests can still call the services.
const services: ChildProcess[] = [];
const gateways: ChildProcess[] = [];
let ending: Promise<never> | undefined;

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(0));

const isTerminalClosed = watchTerminal();
process.on('SIGHUP', () => {
  if (isTerminalClosed()) void end(0);
  for (const child of [...services, ...gateways]) child.kill('SIGHUP');
});
loadEnvironmentFile(process.env);
const inherited = process.env;
// A random secret suffices: the services start and stop with their gateway.
const hasSecret = [inherited['SUBGRAPH_SECRET'], inherited['SUBGRAPH_SECRET_FILE']].some(Boolean);
const shared = {
  ...inherited,
  ...(!hasSecret && { SUBGRAPH_SECRET: randomBytes(32).toString('hex') }),
};
// PORT and METRICS_PORT are the gateway's; an empty variable counts as unset. If the gateway takes any free port, so do the services.
// They need no drain delay: only their gateway calls them, and it ends first.
const environment = {
  ...shared,
  PORT: inherited['PORT'] === '0' ? '0' : '',
  METRICS_PORT: '',
  DRAIN_DELAY_MS: '0',
};
const started = await Promise.all(
  SUBGRAPHS.map(({ name }) => start(services, 'subgraph.js', [name], environment)),
);
const urlVariables = SUBGRAPHS.map(({ name }, index) => [
  `${name.toUpperCase()}_SUBGRAPH_URL`,
  `${started[index]?.url ?? ''}/graphql`,
]);
await start(gateways, 'gateway.js', [], {
  ...shared,
  ...(Object.fromEntries(urlVariables) as Record<string, string>),
  // A gateway does not know whether its services use the sandbox. This process does.
  ...(started.every(({ isSandbox }) => isSandbox) &&
    inherited['ACCESS'] !== 'closed' && { ACCESS: 'open', ACCESS_OPEN_CONFIRM: '1' }),
});

/** @returns the URL of the started program, and whether it uses the sandbox. */
async function start(
  children: ChildProcess[],
  program: string,
  parameters: readonly string[],
  env: NodeJS.ProcessEnv,
) {
  // Nothing is started while the others end.
  await ending;
  // Beside this program in dist/. A process group of its own: ctrl-C reaches this process alone.
  const child = fork(new URL(`./${program}`, import.meta.url), parameters, { env, detached: true });
  children.push(child);
  child.once('exit', (code) => void end(code ?? 1));
  const [message] = (await once(child, 'message')) as [unknown];
  return z.object({ url: z.string(), isSandbox: z.boolean().default(false) }).parse(message);
}

function end(code: number): Promise<never> {
  ending ??= endAll(gateways)
    .then(() => endAll(services))
    .then(() => process.exit(code));
  return ending;
}

async function endAll(children: readonly ChildProcess[]): Promise<void> {
  const running = children.filter(
    ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
  );
  await Promise.all(running.map((child) => (child.kill('SIGTERM'), once(child, 'exit'))));
}
