import type { ConstDirectiveNode, DocumentNode } from 'graphql';
import { checkAbstractTypes } from './check-abstract-types.ts';
import { checkErrorExtensions } from './error-extensions.ts';
import { checkOutsideVariables } from './outside-variables.ts';
import { type Refuse, VariableCheck } from './check-variables.ts';
import { lineOf } from './connect-links.ts';
import type { Connector, OutsideVariables } from './connector-file.ts';
import { readObjectTypes } from './object-types.ts';
import type { Problems } from './problems.ts';
import { ProvidedFields } from './provided-fields.ts';

/**
 * Checks what composition does not: that each variable has a value, each batch its key, and each field something that gives it.
 * @param directives are those of the connectors, by their names
 * @param outside is what mappings may read beside the request @default it is not checked
 */
export function checkConnectors(
  document: DocumentNode,
  connectors: readonly Connector[],
  directives: ReadonlyMap<string, ConstDirectiveNode>,
  problems: Problems,
  outside?: OutsideVariables,
): void {
  const types = readObjectTypes(document);
  const variables = new VariableCheck(document, types);
  const provided = new ProvidedFields(document, types, connectors);
  for (const connector of connectors) {
    const directive = directives.get(connector.name);
    const refuse: Refuse = (code, place, sentence) => {
      const line = directive === undefined ? 1 : lineOf(directive, place.split('.'));
      problems.add(code, line, `${placeOf(connector)} ${sentence} (${place})`);
    };
    variables.check(connector, refuse);
    if (outside !== undefined) checkOutsideVariables(connector, outside, refuse);
    checkErrorExtensions(connector, refuse);
    checkAbstractTypes(connector, types, refuse);
    provided.checkSelection(connector, refuse);
  }
  if (problems.all.length === 0) provided.checkFields(problems);
}

const placeOf = ({ field, type, name }: Connector) =>
  field === undefined ? `The connector of ${type}` : name.replace(/#\d+$/, '');
