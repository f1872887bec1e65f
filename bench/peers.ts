import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { withoutAccessRules } from '../gateway/supergraph/access-rules.ts';
import { Supergraph } from '../gateway/supergraph/supergraph.ts';
import { installPackage } from '../tests/install-package.ts';
import type { Target } from './processes.ts';
import { type Services, startApollo, startHive } from './targets.ts';

export interface Peers {
  readonly targets: readonly Target[];
  /** Removes their files. */
  remove(): void;
}

/** Other gateways over the same services. Hive Gateway is installed for it and is no dependency of the project. */
export async function startPeers(services: Services): Promise<Peers> {
  const hive = installPackage('@graphql-hive/gateway@2');
  if (hive === undefined) throw new Error('The comparison needs Hive Gateway.');
  const folder = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
  const remove = () => {
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const supergraph = join(folder, 'supergraph.graphql');
    writeFileSync(supergraph, supergraphOf(services));
    const targets = await Promise.all([
      startHive(services, supergraph, pathToFileURL(`${hive}/`)),
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
