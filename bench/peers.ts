import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { withoutAccessRules } from '../gateway/supergraph/access-rules.ts';
import { Supergraph } from '../gateway/supergraph/supergraph.ts';
import type { Target } from './processes.ts';
import { type Services, startApollo, startHive } from './targets.ts';

export interface Peers {
  readonly targets: readonly Target[];
  /** Removes what was installed. */
  remove(): void;
}

/** Other gateways over the same services. Hive Gateway is installed for the run and is no dependency of the project. */
export async function startPeers(services: Services): Promise<Peers> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
  const remove = () => {
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const install = [
      'install',
      '--prefix',
      folder,
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      '@graphql-hive/gateway@2',
    ];
    execFileSync('npm', install, { stdio: ['ignore', 'ignore', 'inherit'] });
    const supergraph = join(folder, 'supergraph.graphql');
    writeFileSync(supergraph, supergraphOf(services));
    const targets = await Promise.all([
      startHive(services, supergraph, pathToFileURL(`${folder}/`)),
      startApollo(services, supergraph),
    ]);
    return { targets, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The committed supergraph with the places where the services listen in this run, and open to anybody: the stock gateway loads no other. */
function supergraphOf({ urls }: Services): string {
  const { sdl } = withoutAccessRules(
    new Supergraph(readFileSync(new URL('../schema/supergraph.graphql', import.meta.url), 'utf8')),
  );
  return Object.entries(urls).reduce(
    (text, [name, url]) =>
      text.replace(new RegExp(`(@join__graph\\(name: "${name}", url: )"[^"]*"`), `$1"${url}"`),
    sdl,
  );
}
