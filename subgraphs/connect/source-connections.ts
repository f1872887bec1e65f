import type { Service } from '../../errors/coded-error.ts';
import { SharedConnections } from '../../upstream/shared-connections.ts';
import type { SubgraphResources } from '../subgraph-resources.ts';
import type { BaseUrls, ConnectorFile, Source } from './connector-file.ts';
import { createSourceClient, type SourceClient } from './source-client.ts';

/**
 * The connections of a process to the sources of its graphs, with their limits, circuit breakers and tokens. Graphs with equal settings for
 * a source,
 * apart from its credential, share its connections. They are closed with the last of these graphs.
 */
export class SourceConnections {
  readonly resources: SubgraphResources;
  readonly #shared = new SharedConnections<SourceClient>();
  readonly #sandboxUrls: BaseUrls;

  /** @param sandboxUrls URLs of the running sandbox vendors @default none runs */
  constructor(resources: SubgraphResources, sandboxUrls: BaseUrls = {}) {
    this.resources = resources;
    this.#sandboxUrls = sandboxUrls;
  }

  /** The sandbox vendors that a file needs and that do not run. */
  missingSandboxes({ sandbox }: ConnectorFile): readonly string[] {
    return (sandbox?.vendors ?? []).filter((name) => this.#sandboxUrls[name] === undefined);
  }

  /** The file with the URLs of the sandbox vendors that replace its sources. @throws Error if one does not run */
  overSandbox(file: ConnectorFile): ConnectorFile {
    if (file.sandbox === undefined) return file;
    const missing = this.missingSandboxes(file);
    if (missing.length > 0) throw new Error(`The sandbox vendors ${missing.join(', ')} must run.`);
    return file.sandbox.withUrls(this.#sandboxUrls);
  }

  /**
   * @param service the subgraph
   * @returns a client that its graph closes
   */
  open(source: Source, service: Service): SourceClient {
    return this.#shared.open(keyOf(source, service), () => this.#connect(source, service));
  }

  /** Applies the credential of a served graph's source. */
  renew(source: Source, service: Service): void {
    this.#shared.get(keyOf(source, service))?.renew(source.policy.auth);
  }

  #connect(source: Source, service: Service): SourceClient {
    const client = createSourceClient(source, service, this.resources);
    return {
      ...client,
      close: async () => {
        await client.close();
        this.#forget(source.name);
      },
    };
  }

  /** Resets the breaker metrics of a source that is no longer called. */
  #forget(name: string): void {
    for (const calls of ['read', 'write'] as const)
      for (const api of [undefined, 'token'])
        this.resources.monitor.breakerChanged(name, calls, 'closed', api);
  }
}

/** All settings of calls to a source, without its credential. */
const keyOf = ({ name, baseUrl, policy }: Source, service: Service) =>
  JSON.stringify([service.name, name, baseUrl, { ...policy, auth: undefined }]);
