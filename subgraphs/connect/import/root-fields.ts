import { headerName } from '../../../settings/header-name.ts';
import {
  formLines,
  hasListsOfObjects,
  type InputType,
  inputText,
  type InputTypes,
  type InputValue,
} from './inputs.ts';
import { isObject, type JsonObject, objectAt, textAt } from './json.ts';
import { fieldName, FreeNames, typeName } from './names.ts';
import { type ApiOperation, rootFieldName } from './operations.ts';
import { type LeftOut, objectBelow, type OutputTypes, type OutputValue } from './output-types.ts';
import type { ApiDocument } from './read-document.ts';
import type { Schemas } from './schemas.ts';
import { segment } from './selections.ts';

/** An operation as a field of `Query` or `Mutation`. */
export interface RootField {
  readonly operation: ApiOperation;
  readonly root: 'Query' | 'Mutation';
  readonly name: string;
  readonly description: string | undefined;
  readonly isDeprecated: boolean;
  readonly arguments: readonly Argument[];
  readonly body: Body | undefined;
  /** Undefined if the API responds with no content: the field then returns a boolean. */
  readonly returns: OutputValue | undefined;
  /** The only property of the response, which contains the returned value; undefined if the response is the value. */
  readonly within: string | undefined;
  /** The schema of the returned value, for examples. */
  readonly response: JsonObject | undefined;
  readonly leftOut: readonly LeftOut[];
}

/** A parameter as an argument. */
export interface Argument {
  readonly name: string;
  /** The parameter's name in the API. */
  readonly key: string;
  readonly place: 'path' | 'query' | 'header';
  readonly description: string | undefined;
  readonly isRequired: boolean;
  readonly value: InputValue;
  /** Separator of the items of a list; undefined if each is a separate parameter. */
  readonly separator: string | undefined;
  readonly parameter: JsonObject;
}

/** The argument `input`, and how it is sent. */
export interface Body {
  readonly value: InputValue;
  readonly kind: 'json' | 'form';
  /** Whether the input is optional: the body is then an empty object. */
  readonly isOptional: boolean;
  /** The mapping. */
  readonly text: string;
  readonly media: JsonObject;
}

export interface NotImported {
  readonly operation: ApiOperation;
  readonly reason: string;
}

export interface RootFields {
  readonly fields: readonly RootField[];
  readonly notImported: readonly NotImported[];
}

interface Types {
  readonly document: ApiDocument;
  readonly schemas: Schemas;
  readonly outputs: OutputTypes;
  readonly inputs: InputTypes;
}

/** @param nameField makes the name of a root field unique, and reserves it */
export function readRootFields(
  operations: readonly ApiOperation[],
  types: Types,
  nameField: (root: 'Query' | 'Mutation', name: string) => string,
): RootFields {
  const plain = new Map<string, number>();
  for (const operation of operations) {
    const name = rootFieldName(operation, true);
    plain.set(name, (plain.get(name) ?? 0) + 1);
  }
  const fields: RootField[] = [];
  const notImported: NotImported[] = [];
  for (const operation of operations) {
    const root = operation.method === 'GET' ? 'Query' : 'Mutation';
    const isPlain = (plain.get(rootFieldName(operation, true)) ?? 0) < 2;
    const name = nameField(root, rootFieldName(operation, isPlain));
    const read = new OperationReader(operation, name, types).read();
    if (typeof read === 'string') notImported.push({ operation, reason: read });
    else fields.push({ operation, root, name, ...read });
  }
  return { fields, notImported };
}

/** Why an operation has no field. */
class NoField extends Error {}

class OperationReader {
  readonly #operation: ApiOperation;
  readonly #name: string;
  readonly #types: Types;
  readonly #names = new FreeNames(['input']);
  readonly #leftOut: LeftOut[] = [];

  constructor(operation: ApiOperation, name: string, types: Types) {
    this.#operation = operation;
    this.#name = name;
    this.#types = types;
  }

  /** @returns the reason if it cannot be a field */
  read(): Omit<RootField, 'operation' | 'root' | 'name'> | string {
    const { keywords } = this.#operation;
    try {
      if (this.#operation.path.split('/').some((segment) => segment === '.' || segment === '..'))
        throw new NoField('its path has dot segments');
      const response = this.#response();
      const args = this.#arguments();
      const body = this.#body();
      return {
        description: textAt(keywords, 'summary') ?? textAt(keywords, 'description'),
        isDeprecated: keywords['deprecated'] === true,
        arguments: args,
        body,
        ...response,
        leftOut: this.#leftOut,
      };
    } catch (error) {
      if (error instanceof NoField) return error.message;
      throw error;
    }
  }

  #response(): Pick<RootField, 'returns' | 'within' | 'response'> {
    const { keywords, method } = this.#operation;
    const responses = objectAt(keywords, 'responses');
    const statuses = Object.keys(responses).filter((status) => /^2(?:\d\d|XX)$/i.test(status));
    const known = [...statuses.sort(), ...(statuses.length === 0 ? ['default'] : [])];
    for (const status of known) {
      const response = this.#types.document.resolve(responses[status])?.value;
      const media = response && jsonMedia(objectAt(response, 'content'));
      if (media === undefined || !Object.hasOwn(media, 'schema')) continue;
      const suggested = typeName(this.#name, 'result');
      const read = this.#types.outputs.valueOf(media['schema'], this.#name, suggested);
      if (read.value !== undefined) return { ...unwrapped(read.value), response: media };
      if (method === 'GET') throw new NoField(`its response has no type: ${read.reason}`);
      this.#leftOut.push({ key: 'the response', reason: read.reason });
      break;
    }
    if (method === 'GET') throw new NoField('its response is not described as JSON');
    return { returns: undefined, within: undefined, response: undefined };
  }

  #arguments(): readonly Argument[] {
    const { path } = this.#operation;
    const seen = new Set<string>();
    const found: Argument[] = [];
    for (const entry of this.#operation.parameters.slice(0, 300)) {
      const parameter = this.#types.document.resolve(entry)?.value ?? {};
      const { name: key, in: place } = parameter;
      if (typeof key !== 'string' || typeof place !== 'string' || seen.has(`${place} ${key}`))
        continue;
      seen.add(`${place} ${key}`);
      if (place === 'header' && IGNORED_HEADERS.has(key.toLowerCase())) continue;
      const argument = this.#argument(parameter, key, place);
      if (typeof argument !== 'string') found.push(argument);
      else if (parameter['required'] === true || place === 'path')
        throw new NoField(`the parameter ${key.slice(0, 80)} is required: ${argument}`);
      else this.#leftOut.push({ key, reason: argument });
    }
    const keys = found.filter((one) => one.place === 'path').map(({ key }) => key);
    for (const [, key = ''] of path.matchAll(/\{([^{}]*)\}/g))
      if (!keys.includes(key)) found.push(this.#undeclared(key));
    return found;
  }

  /** A path parameter that the document does not describe. */
  #undeclared(key: string): Argument {
    return {
      name: this.#names.take(fieldName(key)),
      key,
      place: 'path',
      description: undefined,
      isRequired: true,
      value: { kind: 'scalar', name: 'ID', isNumber: false },
      separator: undefined,
      parameter: {},
    };
  }

  /** @returns the reason if it cannot be an argument */
  #argument(parameter: JsonObject, key: string, place: string): Argument | string {
    if (place !== 'path' && place !== 'query' && place !== 'header') return `it is in the ${place}`;
    if (place === 'header' && !headerName().safeParse(key).success)
      return 'the header cannot be sent by a connector';
    const schema = parameter['schema'];
    if (schema === undefined) return 'it has no schema';
    const suggested = typeName(this.#name, key);
    const read = this.#types.inputs.valueOf(schema, key, suggested);
    if (read.value === undefined) return read.reason;
    const { value } = read;
    const isOfObjects =
      value.kind === 'input' || (value.kind === 'list' && value.of.kind === 'input');
    if (isOfObjects) return 'it is an object';
    const style = textAt(parameter, 'style') ?? (place === 'query' ? 'form' : 'simple');
    const isSeparate = place === 'query' && style === 'form' && parameter['explode'] !== false;
    return {
      key,
      place,
      value,
      parameter,
      name: this.#names.take(fieldName(key)),
      description: textAt(parameter, 'description'),
      isRequired: place === 'path' || (parameter['required'] === true && !hasDefault(schema)),
      separator:
        value.kind !== 'list' || isSeparate || style === 'deepObject'
          ? undefined
          : (SEPARATORS[style] ?? ','),
    };
  }

  #body(): Body | undefined {
    const { keywords, method } = this.#operation;
    if (method === 'GET') return undefined;
    const requestBody = this.#types.document.resolve(keywords['requestBody'])?.value;
    if (requestBody === undefined) return undefined;
    const content = objectAt(requestBody, 'content');
    const json = jsonMedia(content);
    const form = objectAt(content, 'application/x-www-form-urlencoded');
    const media = json ?? (Object.hasOwn(form, 'schema') ? form : undefined);
    if (media === undefined || !Object.hasOwn(media, 'schema')) {
      if (requestBody['required'] !== true) return undefined;
      throw new NoField(
        `its body is neither JSON nor a form: ${Object.keys(content).join(', ').slice(0, 100)}`,
      );
    }
    const read = this.#types.inputs.valueOf(
      media['schema'],
      'input',
      typeName(this.#name, 'input'),
    );
    if (read.value === undefined) {
      const hasNoFields = this.#types.schemas.read(media['schema']).kind === 'object';
      if (requestBody['required'] !== true || hasNoFields) {
        this.#leftOut.push({ key: 'the body', reason: read.reason });
        return undefined;
      }
      throw new NoField(`its body has no type: ${read.reason}`);
    }
    return bodyOf(
      read.value,
      json === undefined ? 'form' : 'json',
      media,
      requestBody['required'] === true,
    );
  }
}

/** Removes an envelope that contains only a list or an object. */
function unwrapped(value: OutputValue): Pick<RootField, 'returns' | 'within'> {
  if (value.kind === 'object') {
    const [only, ...others] = value.type.fields;
    const isEnvelope = others.length === 0 && value.type.leftOut.length === 0;
    if (only !== undefined && isEnvelope && objectBelow(only.value) !== undefined)
      return { returns: only.value, within: only.key };
  }
  return { returns: value, within: undefined };
}

function bodyOf(
  value: InputValue,
  kind: 'json' | 'form',
  media: JsonObject,
  isRequired: boolean,
): Body {
  const type = value.kind === 'input' ? value.type : undefined;
  const isOptional = !isRequired && type?.fields.every((field) => !field.isRequired) === true;
  let text = inputText('$args.input', value, 'json');
  if (kind === 'form') {
    if (type === undefined) throw new NoField('its form is no object');
    if (hasListsOfObjects(type)) throw new NoField('its form has lists of objects');
    text = formLines(type, '$args.input', undefined, isDeep(type, media)).join('\n');
  }
  if (text.length > MAX_MAPPING) throw new NoField('its body has too many fields');
  return { value, kind, isOptional, text, media };
}

/** Mappings have at most 100,000 characters. */
const MAX_MAPPING = 90_000;

/** Whether lists in a form are written as `expand[]`. */
const isDeep = ({ fields }: InputType, media: JsonObject) =>
  fields.some(({ key }) => objectAt(objectAt(media, 'encoding'), key)['style'] === 'deepObject');

const hasDefault = (schema: unknown) => isObject(schema) && Object.hasOwn(schema, 'default');

/** Headers that the HTTP client sets: https://spec.openapis.org/oas/v3.1.1.html#parameter-object */
const IGNORED_HEADERS = new Set(['accept', 'content-type', 'authorization']);

const SEPARATORS: Readonly<Record<string, string>> = { spaceDelimited: ' ', pipeDelimited: '|' };

/** The first JSON content, or content of any type. */
function jsonMedia(content: JsonObject): JsonObject | undefined {
  const types = Object.keys(content);
  const type =
    types.find((one) => /^application\/json\s*(?:;|$)/i.test(one)) ??
    types.find((one) => /^(?:application|text)\/(?:[\w.-]+\+)?json\b/i.test(one)) ??
    types.find((one) => one === '*/*');
  const media = type === undefined ? undefined : content[type];
  return isObject(media) ? media : undefined;
}

/** The path of a connector, with expressions for its arguments. */
export function pathOf({ operation, arguments: args }: RootField, variable = '$args'): string {
  const byKey = new Map(args.filter(({ place }) => place === 'path').map((one) => [one.key, one]));
  return operation.path
    .split(/(\{[^{}]*\})/)
    .map((part) => {
      if (!part.startsWith('{')) return encodedPath(part);
      const argument = byKey.get(part.slice(1, -1));
      return argument === undefined ? '' : `{${argumentText(argument, variable)}}`;
    })
    .join('');
}

/** Encodes characters that a path cannot contain. */
const encodedPath = (text: string) =>
  text.replaceAll(/[^\w\-.~!$&'()*+,;=:@/?%]/g, (character) => encodeURIComponent(character));

function argumentText({ name, value, separator, isRequired }: Argument, variable: string): string {
  const text = inputText(`${variable}.${name}${isRequired ? '' : '?'}`, value, 'text');
  return separator === undefined ? text : `${text}->joinNotNull(${JSON.stringify(separator)})`;
}

/** The mapping of the query, one line per parameter. */
export const queryOf = ({ arguments: args }: RootField): readonly string[] =>
  args
    .filter(({ place }) => place === 'query')
    .map((one) => `${segment(listKey(one))}: ${argumentText(one, '$args')}`);

const listKey = ({ key, parameter, value }: Argument) =>
  value.kind === 'list' && parameter['style'] === 'deepObject' && !key.endsWith('[]')
    ? `${key}[]`
    : key;

/** The headers of a connector. */
export const headersOf = (field: RootField): readonly { name: string; value: string }[] => [
  ...field.arguments
    .filter(({ place }) => place === 'header')
    .map((one) => ({ name: one.key.toLowerCase(), value: `{${argumentText(one, '$args')}}` })),
  ...(field.body?.kind === 'form'
    ? [{ name: 'content-type', value: 'application/x-www-form-urlencoded' }]
    : []),
];
