import type { IFieldResolver } from '@graphql-tools/utils';
import { allOf, type Settings } from '../settings/settings.ts';
import type { Service } from '../errors/coded-error.ts';
import type { VendorCheck } from './vendor-check.ts';
import type { WarmUpOperation } from './subgraph.ts';
import type { CallTable, CallTables } from './call-table.ts';
import type { Credential } from '../upstream/credential.ts';
import type { Lifetimes } from '../upstream/upstream-policy.ts';
import { lifetimeSettings } from './cache-settings.ts';
import {
  type CustomFields,
  type ExtensibleTypes,
  NOT_EXTENSIBLE,
} from './extensions/custom-fields.ts';
import { withoutCustomInputs } from './extensions/extension-inputs.ts';
import type { Extension } from './extensions/read-extension.ts';
import type { SubgraphResources } from './subgraph-resources.ts';
import type { DependencyTable } from './dependencies.ts';
import type { ConnectedSubgraph, Subgraph } from './subgraph.ts';
import type { ChangeFields } from './change-fields.ts';

/**
 * A subgraph's manifest. All code that starts, serves, limits, composes or documents subgraphs derives from it, so a new subgraph is
 * one more manifest in `bin/subgraphs.ts`.
 */
export interface SubgraphModule extends Service {
  /** Default port of `npm run start:subgraph`, which `PORT` overrides; the committed supergraph contains it. */
  readonly port: number;
  /** A type that only this subgraph defines: it identifies the subgraph among others of the same name. */
  readonly ownType: string;
  readonly defaultVendor: string;
  /** The vendors to choose from. */
  readonly vendors: Readonly<
    Record<string, Pick<Vendor<never, unknown>, 'credential' | 'webhookSecrets' | 'refuseRenewal'>>
  >;
  readonly calls: CallTable;
  /** Its fields of `Subscription`. */
  readonly changes: ChangeFields;
  /** A typical first operation of a gateway, for the warm-up of the service. */
  readonly warmUp: WarmUpOperation;
  /** First path segments of the files that it serves: `map` for `/map/<token>`. */
  readonly files: readonly string[];
  /** The types that can have custom fields. */
  readonly extensible: ExtensibleTypes;
  /** Settings that apply to all vendors. */
  readonly commonSettings: Settings<unknown>;
  /** Everything that the subgraph needs with this vendor of `vendors`. */
  readonly settings: (vendor: string) => Settings<OpenSubgraph>;
  /** Checks that the credential of this vendor has the permissions that the graph needs. */
  readonly checks: (vendor: string) => Settings<readonly VendorCheck[]>;
}

/** Connects a subgraph with valid settings. Call it once, because its credential can be renewed. */
export type OpenSubgraph = (options: OpenSubgraphOptions) => ConnectedSubgraph;

export interface OpenSubgraphOptions {
  /** The text of `schema/<name>.graphql`. */
  readonly sdl: string;
  readonly resources: SubgraphResources;
}

/** A vendor of a subgraph. */
export interface Vendor<Shared, Provider> {
  /** The environment variable that holds its credential. */
  readonly credential: string;
  /** The environment variable that holds the secrets of its webhooks. @default it sends none */
  readonly webhookSecrets?: string | undefined;
  /** Why a credential cannot replace another while the process runs. @default it can */
  readonly refuseRenewal?: ((before: string, after: string) => string | undefined) | undefined;
  /** Read the vendor's own settings. */
  readonly settings: Settings<OpenVendor<Shared, Provider>>;
  readonly checks: Settings<readonly VendorCheck[]>;
}

interface OpenVendor<Shared, Provider> {
  readonly credential: Credential;
  readonly create: (shared: Shared, resources: SubgraphResources) => Provider;
}

export interface VendorDefinition<Config, Shared, Provider> {
  readonly credential: string;
  readonly webhookSecrets?: string;
  readonly settings: Settings<Config>;
  readonly credentialOf: (config: Config) => Credential;
  readonly refuseRenewal?: Vendor<Shared, Provider>['refuseRenewal'];
  readonly create: (config: Config, shared: Shared, resources: SubgraphResources) => Provider;
  readonly checks: (config: Config) => readonly VendorCheck[];
}

export const defineVendor = <Config, Shared, Provider>({
  credential,
  webhookSecrets,
  settings,
  credentialOf,
  refuseRenewal,
  create,
  checks,
}: VendorDefinition<Config, Shared, Provider>): Vendor<Shared, Provider> => ({
  credential,
  webhookSecrets,
  refuseRenewal,
  settings: settings.transform((config) => ({
    credential: credentialOf(config),
    create: (shared, resources) => create(config, shared, resources),
  })),
  checks: settings.transform(checks),
});

/** Settings that all subgraphs have. */
export interface CommonSettings {
  /** Cache lifetimes; empty if no time can be set. */
  readonly lifetimes: Lifetimes;
  /** @default none */
  readonly customFields?: CustomFields;
}

export interface SubgraphDefinition<Own, Provider> extends Omit<
  SubgraphModule,
  'settings' | 'commonSettings' | 'checks' | 'name' | 'title' | 'extensible'
> {
  /** @default no type can have custom fields */
  readonly extensible?: SubgraphModule['extensible'];
  readonly service: Service;
  readonly vendors: Readonly<Record<string, Vendor<Own & CommonSettings, Provider>>>;
  /** Types with a configurable cache lifetime: `CRM_CACHE`. */
  readonly cachedTypes: readonly string[];
  /** Settings that apply to all vendors. */
  readonly settings: Settings<Own>;
  readonly dependencies: (settings: Own & CommonSettings) => DependencyTable;
  readonly create: (provider: Provider, options: CreateOptions<Own>) => CreatedSubgraph;
}

interface CreatedSubgraph extends Pick<ConnectedSubgraph, 'close' | 'events'> {
  /** Returns the subgraph with these custom fields. Everything that outlives one graph is created before. */
  readonly serve: (customFields: CustomFields) => Subgraph;
}

export interface CreateOptions<Own> extends OpenSubgraphOptions {
  readonly settings: Own;
  /** The vendor's name. */
  readonly vendor: string;
  readonly credential: Credential;
}

/** Creates a manifest from a subgraph's own definitions. */
export function defineSubgraph<Own extends object, Provider>(
  definition: SubgraphDefinition<Own, Provider>,
): SubgraphModule {
  const {
    service,
    settings,
    cachedTypes,
    create,
    dependencies,
    extensible = NOT_EXTENSIBLE,
    ...rest
  } = definition;
  const common = allOf({ own: settings, lifetimes: lifetimeSettings(service.name, cachedTypes) });
  const chosenVendor = (name: string) => {
    const vendor = definition.vendors[name];
    if (vendor === undefined)
      throw new TypeError(`The subgraph ${service.name} has no vendor ${name}.`);
    return vendor;
  };
  return {
    ...rest,
    ...service,
    extensible,
    commonSettings: common,
    checks: (vendor) => chosenVendor(vendor).checks,
    settings: (vendor) => {
      const chosen = chosenVendor(vendor);
      return allOf({ open: chosen.settings, common }).transform(
        ({
          common: { own, lifetimes },
          open: { credential, create: createProvider },
        }): OpenSubgraph =>
          ({ sdl, resources }) => {
            const provider = createProvider({ ...own, lifetimes }, resources);
            const options = { settings: own, vendor, credential, sdl, resources };
            const { serve, close, events } = create(provider, options);
            return {
              name: service.name,
              credential,
              serve: (extension) => ({
                ...extend(serve(extension?.fields ?? {}), extension),
                dependencies: dependencies({ ...own, lifetimes }),
              }),
              close,
              ...(events !== undefined && { events }),
              ...(lifetimes.isLive === true && { isCachedLive: true }),
            };
          },
      );
    },
  };
}

/** Adds the resolvers of custom fields, which read the provider's records, and converts custom fields in the arguments of other fields. */
function extend(subgraph: Subgraph, extension: Extension | undefined): Subgraph {
  if (extension === undefined) return subgraph;
  const resolvers: Record<string, unknown> = { ...subgraph.resolvers };
  const add = (type: string, fields: object) => {
    // The cast is safe: only object types have custom fields or arguments.
    resolvers[type] = { ...(resolvers[type] as object | undefined), ...fields };
  };
  for (const [type, fields] of Object.entries(extension.resolvers)) add(type, fields);
  for (const [type, fields] of Object.entries(extension.objects.resolvers)) add(type, fields);
  for (const [coordinate, inputs] of extension.inputs) {
    const [type = '', field = ''] = coordinate.split('.');
    // The cast is safe: a field with arguments has a resolver function.
    const { [field]: resolve } = resolvers[type] as Readonly<
      Record<string, IFieldResolver<unknown, unknown>>
    >;
    if (resolve === undefined)
      throw new TypeError(`${coordinate} was expected to have a resolver.`);
    const read: IFieldResolver<unknown, unknown, Readonly<Record<string, unknown>>> = (
      parent,
      args,
      context,
      info,
    ) => resolve(parent, withoutCustomInputs(args, inputs), context, info) as unknown;
    add(type, { [field]: read });
  }
  return {
    ...subgraph,
    sdl: extension.sdl,
    resolvers: resolvers as Subgraph['resolvers'],
    addedCalls: extension.objects.calls,
  };
}

/**
 * The calls of subgraphs to their vendors, by subgraph name.
 * @param running the subgraphs of this process, which know the calls of custom fields, and all calls of those that are not built in
 */
export function callTablesOf(
  modules: readonly Pick<SubgraphModule, 'name' | 'calls'>[],
  running: readonly Pick<Subgraph, 'name' | 'addedCalls'>[] = [],
): CallTables {
  const builtIn = modules.map(({ name, calls }) => [name, calls] as const);
  const tables = new Map<string, CallTable>(builtIn);
  for (const { name, addedCalls } of running)
    tables.set(name, { ...tables.get(name), ...addedCalls });
  return Object.fromEntries(tables);
}
