import type { CommonRequest, Connector, RequestTemplate, Source } from './connector-file.ts';
import { type Mapping, usesOf } from './mapping/mapping.ts';
import type { Template } from './url-template.ts';

/** What a mapping is for, as messages name it. */
export interface NamedMapping {
  readonly place: string;
  readonly mapping: Mapping;
}

/** Each mapping that makes the request of a connector, those of its source included. */
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

/** Each mapping that reads its response. */
export const responseMappings = ({
  success,
  source,
  selection,
}: Pick<Connector, 'success' | 'source' | 'selection'>): readonly NamedMapping[] => [
  ...named('selection', selection),
  ...ruleMappings(success),
  ...ruleMappings(source.success),
];

/** Those of its source alone. */
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

/** The fields of a variable that mappings use: `email` for `$this.email`. */
export function fieldsUsed(mappings: readonly NamedMapping[], variable: string): readonly string[] {
  const fields = mappings.flatMap(({ mapping }) =>
    usesOf(mapping).flatMap((use) =>
      use.variable === variable && use.path[0] !== undefined ? [use.path[0]] : [],
    ),
  );
  return [...new Set(fields)];
}
