import type { DocumentNode } from 'graphql';
import { checkAbstractTypes } from './check-abstract-types.ts';
import { checkMethods } from './check-methods.ts';
import { checkEntity, checkNames, warnOfFieldsProvidedTwice } from './check-names.ts';
import { VariableCheck } from './check-variables.ts';
import { checkCircularRequirements } from './circular-requirements.ts';
import type { Connector, OutsideVariables } from './connector-file.ts';
import { DeclaredTypes } from './declared-types.ts';
import { checkErrorExtensions } from './error-extensions.ts';
import { readObjectTypes } from './object-types.ts';
import { checkOutsideVariables } from './outside-variables.ts';
import type { Problems } from './problems.ts';
import { ProvidedFields } from './provided-fields.ts';
import { createReport, type Directives, type Report } from './report.ts';
import { checkSelectedObjects } from './selected-objects.ts';

/**
 * Checks what composition does not: that each variable and method exists, that selections match their declared types, that each batch has
 * its key,
 * and that each field is provided.
 * @param outside the values other than the request that mappings may use @default not checked
 */
export function checkConnectors(
  document: DocumentNode,
  connectors: readonly Connector[],
  directives: Directives,
  problems: Problems,
  outside?: OutsideVariables,
): void {
  const types = new DeclaredTypes(document, readObjectTypes(document));
  const variables = new VariableCheck(document, types);
  const reports = new Map(
    connectors.map((one) => [one, createReport(one, directives, problems)] as const),
  );
  const selected = new Map(
    [...reports].map(([one, report]) => [one, checkSelectedObjects(one, types, report)] as const),
  );
  const provided = new ProvidedFields(document, types.objects, selected);
  checkNames(document, directives, problems);
  for (const [connector, report] of reports) {
    variables.check(connector, report);
    if (outside !== undefined) checkOutsideVariables(connector, outside, report.refuse);
    checkErrorExtensions(connector, report.refuse);
    checkAbstractTypes(connector, types.objects, report.refuse);
    checkMethods(connector, report);
    checkEntity(connector, types, report);
    provided.checkKey(connector, report);
    provided.checkRequires(connector, report);
  }
  // Further problems would follow from these.
  if (problems.all.length > 0) return;
  provided.checkFields(problems);
  const reportOf = (connector: Connector): Report =>
    reports.get(connector) ?? createReport(connector, directives, problems);
  checkCircularRequirements(selected, provided.isKnown, reportOf);
  warnOfFieldsProvidedTwice(connectors, reportOf);
  for (const [connector, report] of reports) provided.warnOfPartialObjects(connector, report);
}
