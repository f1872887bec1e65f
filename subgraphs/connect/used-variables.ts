import type { CommonRequest, Connector, RequestTemplate, Source } from './connector-file.ts';
import { type Mapping, usesOf } from './mapping/mapping.ts';
import type { Template } from './url-template.ts';

/** A mapping and the name of its argument in messages. */
export interface NamedMapping {
  readonly place: string;
  readonly mapping: Mapping;
}

/** All mappings of a connector's request, including those of its source. */
export function requestMappings({
  request,
  source,
}: Pick<Connector, 'request' | 'source'>): readonly NamedMapping[] {
  return [
    ...commonMappings(source.request),
    ...commonMappings(request),
    ...urlMappings(request),
    ...named('http.body', request.body),
  ];
}

/** All mappings of its response. */
export const responseMappings = ({
  success,
  source,
  selection,
}: Pick<Connector, 'success' | 'source' | 'selection'>): readonly NamedMapping[] => [
  ...named('selection', selection),
  ...ruleMappings(success),
  ...ruleMappings(source.success),
];

/** The mappings of a source. */
export const sourceMappings = ({
  request,
  success,
}: Pick<Source, 'request' | 'success'>): readonly NamedMapping[] => [
  ...commonMappings(request),
  ...ruleMappings(success),
];

export const ruleMappings = ({ isSuccess, message, extensions }: Source['success']) => [
  ...named('isSuccess', isSuccess),
  ...named('errors.message', message),
  ...named('errors.extensions', extensions),
];

function commonMappings({ path, queryParams, headers }: CommonRequest): readonly NamedMapping[] {
  return [
    ...named('http.path', path),
    ...named('http.queryParams', queryParams),
    ...headers.flatMap((header) =>
      'value' in header ? templateMappings('http.headers', header.value) : [],
    ),
  ];
}

const urlMappings = ({ method, url }: RequestTemplate): readonly NamedMapping[] => [
  ...templateMappings(`http.${method}`, [...url.params.values()]),
  ...url.query.flatMap(({ value }) => templateMappings(`http.${method}`, value)),
];

const templateMappings = (place: string, template: Template): readonly NamedMapping[] =>
  template.flatMap((part) => (typeof part === 'string' ? [] : named(place, part.mapping)));

const named = (place: string, mapping: Mapping | undefined): readonly NamedMapping[] =>
  mapping === undefined ? [] : [{ place, mapping }];

/** The paths that mappings use of a variable, without those within another one. */
export function pathsUsed(
  mappings: readonly NamedMapping[],
  variable: string,
): readonly (readonly string[])[] {
  const paths = mappings.flatMap(({ mapping }) =>
    usesOf(mapping).flatMap((use) => (use.variable === variable ? [use.path] : [])),
  );
  const distinct = new Map(paths.map((path) => [JSON.stringify(path), path]));
  const isWithin = (path: readonly string[]) =>
    path.some((_name, index) => index > 0 && distinct.has(JSON.stringify(path.slice(0, index))));
  return [...distinct.values()].filter((path) => path.length > 0 && !isWithin(path));
}

/** The fields of a variable that mappings use: `email` for `$this.email`. */
export function fieldsUsed(mappings: readonly NamedMapping[], variable: string): readonly string[] {
  const fields = mappings.flatMap(({ mapping }) =>
    usesOf(mapping).flatMap((use) =>
      use.variable === variable && use.path[0] !== undefined ? [use.path[0]] : [],
    ),
  );
  return [...new Set(fields)];
}
