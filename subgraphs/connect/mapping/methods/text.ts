import { parseJson, stringifyJson } from '../json.ts';
import type { Run } from '../run.ts';
import { isNumber, type Maybe, scalarText, typeName, type Value } from '../values.ts';
import {
  type Apply,
  argument,
  type Method,
  type MethodSite,
  withArguments,
  withoutArguments,
} from './method.ts';

/** Methods that read or return a text. */
export const TEXT_METHODS: Readonly<Record<string, Method>> = {
  jsonParse: { apply: withoutArguments(parse) },
  jsonStringify: { apply: withoutArguments(stringify) },
  split: { apply: withArguments(1, 2, split) },
  toString: { apply: withArguments(0, 0, toText) },
  trim: { apply: trimmed((text) => text.trim()) },
  trimEnd: { apply: trimmed((text) => text.trimEnd()) },
  trimStart: { apply: trimmed((text) => text.trimStart()) },
};

function trimmed(trim: (text: string) => string): Apply {
  return withoutArguments((value, site, run) => {
    if (typeof value !== 'string') return notText(value, site, run);
    run.chargeText(value);
    return trim(value);
  });
}

const notText = (value: Value, site: MethodSite, run: Run) =>
  run.problem(site, `->${site.name} takes a text, but got ${typeName(value)}`);

function split(value: Value, site: MethodSite, run: Run, root: Maybe): Maybe {
  const separator = argument(0, site, run, root, value);
  if (typeof separator !== 'string') {
    return run.problem(site, `->split needs a text to split at, but got ${typeName(separator)}`);
  }
  const limit = argument(1, site, run, root, value) ?? Infinity;
  const isLimit =
    isNumber(limit) && limit >= 0 && (limit === Infinity || Number.isInteger(Number(limit)));
  if (!isLimit) {
    return run.problem(
      site,
      `The limit of ->split must be an integer from 0, but is ${typeName(limit)}`,
    );
  }
  if (typeof value !== 'string') return notText(value, site, run);
  run.charge(value.length);
  const parts = separator === '' ? Array.from(value) : value.split(separator);
  return parts.slice(0, Number(limit));
}

function toText(value: Value, site: MethodSite, run: Run): Maybe {
  const text = scalarText(value);
  if (text !== undefined) return text ?? '';
  return run.problem(
    site,
    `->toString takes no ${typeName(value)}: use ->jsonStringify or ->joinNotNull`,
  );
}

function stringify(value: Value, _site: MethodSite, run: Run): Maybe {
  run.measure(value);
  const text = stringifyJson(value);
  run.charge(text.length);
  return text;
}

function parse(value: Value, site: MethodSite, run: Run): Maybe {
  if (typeof value !== 'string') return notText(value, site, run);
  run.charge(value.length);
  const parsed = parseJson(value);
  return parsed === undefined
    ? run.problem(site, '->jsonParse found no JSON in this text')
    : parsed;
}
