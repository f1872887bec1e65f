import type { Connector } from './connector-file.ts';
import { nullTextsIn, invalidCallsIn } from './mapping/mapping.ts';
import type { Report } from './report.ts';
import { requestMappings, responseMappings } from './used-variables.ts';

/** Checks that methods exist and accept their arguments, and warns if one would write null as text. */
export function checkMethods(connector: Connector, report: Report): void {
  for (const { place, mapping } of [
    ...requestMappings(connector),
    ...responseMappings(connector),
  ]) {
    const { text } = mapping;
    for (const { kind, message, position } of invalidCallsIn(mapping))
      report.refuse(
        kind === 'unknown' ? 'UNKNOWN_METHOD' : 'WRONG_ARGUMENTS',
        place,
        `calls a method that cannot work: ${message}`,
        { text, position },
      );
    for (const { written, position } of nullTextsIn(mapping))
      report.warn(
        'NULL_AS_TEXT',
        place,
        `gives the text "null" where ${written} is null: write ${written}?->jsonStringify`,
        { text, position },
      );
  }
}
