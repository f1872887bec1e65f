import { CodedError } from '../../errors/coded-error.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import type { Subgraph } from '../subgraph.ts';
import { checkFields, checkObjects } from './check-fields.ts';
import type { Extension } from './read-extension.ts';
import type { Account, AccountObject } from './suggest-fields.ts';

export interface ReadAccountOptions {
  /** The extensible types of the subgraph. */
  readonly types: readonly string[];
  /** The extension to compare with the account. @default everything in the account is read */
  readonly extension?: Extension | undefined;
  readonly scope: RequestScope;
  /** Called if custom record types cannot be read and nothing needs them. @default failing to read them is an error */
  readonly onRefusedObjects?: (error: CodedError) => void;
}

/**
 * @returns undefined if the vendor cannot list properties
 * @throws CodedError if they cannot be read
 */
export async function readAccount(
  { properties: read, objectTypes }: Pick<Subgraph, 'properties' | 'objectTypes'>,
  { types, extension, scope, onRefusedObjects }: ReadAccountOptions,
): Promise<Required<Account> | undefined> {
  if (read === undefined) return undefined;
  const properties = new Map<string, Awaited<ReturnType<typeof read>>>();
  for (const type of types) properties.set(type, await read(type, scope));
  const wanted = extension?.objects.types.map(({ vendorType }) => vendorType);
  const listed =
    objectTypes === undefined || wanted?.length === 0
      ? []
      : await objectTypes(scope).catch((error: unknown) => {
          // Most accounts have no custom types, and a credential without permission for them.
          if (onRefusedObjects === undefined || !(error instanceof CodedError)) throw error;
          onRefusedObjects(error);
          return [];
        });
  const objects: AccountObject[] = [];
  for (const definition of listed) {
    const isRead = !definition.isArchived && (wanted?.includes(definition.vendorType) ?? true);
    objects.push({ definition, properties: isRead ? await read(definition, scope) : [] });
  }
  return { properties, objects };
}

/** @returns differences between custom fields and the account, a sentence each, with file and line */
export function disagreementsWith(
  { properties, objects = [] }: Account,
  extension: Extension,
): readonly string[] {
  const definitions = objects.map(({ definition }) => definition);
  const ofObjects = new Map(
    extension.objects.types.flatMap(({ name, vendorType }) => {
      const found = objects.find(({ definition }) => definition.vendorType === vendorType);
      return found === undefined ? [] : [[name, found.properties] as const];
    }),
  );
  const isThere = ({ type }: { readonly type: string }) =>
    properties.has(type) || ofObjects.has(type);
  return [
    ...checkObjects(extension.objects, definitions),
    ...checkFields(extension.definitions.filter(isThere), new Map([...properties, ...ofObjects])),
  ];
}
