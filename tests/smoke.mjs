// Starts the built programs with another Node.js and asks them a query each: `node tests/smoke.mjs <path of node>`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const [node = process.execPath] = process.argv.slice(2);
const QUERY =
  '{ customers(first: 2) { nodes { name payments(first: 1) { nodes { id } } address { place { id } } } } }';

for (const program of ['gateway.js', 'distributed.js']) {
  const child = spawn(node, [new URL(`../dist/${program}`, import.meta.url).pathname], {
    env: { PATH: process.env.PATH, PORT: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  const url = await listening(child.stderr);
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERY }),
  });
  const { data, errors } = await response.json();
  if (errors !== undefined || data.customers.nodes.length !== 2)
    throw new Error(`${program}: ${JSON.stringify(errors)}`);
  child.kill('SIGTERM');
  const [code] = await exited;
  if (code !== 0) throw new Error(`${program} ended with exit code ${String(code)}.`);
  console.log(`${program} answers and ends well`);
}

/** @returns where the gateway answers GraphQL */
async function listening(stderr) {
  let text = '';
  for await (const chunk of stderr.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    const [, url] = /^Tributary listens on (\S+)$/m.exec(text) ?? [];
    if (url === undefined) continue;
    stderr.resume();
    return url;
  }
  throw new Error(`The program ended before it listened:\n${text}`);
}
