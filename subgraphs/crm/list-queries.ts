import { BadUserInput } from '../../errors/coded-error.ts';
import type { CustomConditions, ExtensibleFilter } from '../extensions/custom-fields.ts';
import type { CrmCapabilities, ListQuery } from './provider.ts';

type Conditions = Pick<ListQuery<ExtensibleFilter, never>, 'search' | 'filter'>;

/**
 * Validates the search words and the filter of a list, so that every CRM can execute it.
 * @throws BadUserInput
 */
export function checkConditions(
  { search, filter }: Conditions,
  capabilities: CrmCapabilities,
): void {
  const words = search?.trim().length ?? 0;
  const { maxSearchLength } = capabilities;
  if (words > maxSearchLength)
    throw refusal(
      'search',
      `be text of at most ${String(maxSearchLength)} characters`,
      String(words),
    );
  const { extra = {}, ...own } = filter ?? {};
  const conditions = new Map<string, unknown>(Object.entries(own));
  for (const [name, value] of conditions) {
    if (typeof value === 'string') checkText(name, value, capabilities);
    if (name.endsWith('From')) checkRange(name.slice(0, -'From'.length), conditions);
  }
  checkCustom(extra);
  checkCount(conditions, extra, capabilities);
}

function checkCustom(extra: CustomConditions): void {
  for (const [name, { is, from, to, before }] of Object.entries(extra)) {
    if (typeof is === 'string') checkLength(name, is);
    checkRange(
      name,
      new Map([
        [`${name}From`, from],
        [`${name}Before`, before],
      ]),
    );
    if (from !== undefined && to !== undefined && Number(from) > Number(to))
      throw new BadUserInput(
        `filter.${name}From must not be greater than filter.${name}To, but is.`,
      );
  }
}

/** Counts both ends of a range as one condition. */
function checkCount(
  conditions: ReadonlyMap<string, unknown>,
  extra: CustomConditions,
  { maxConditions }: CrmCapabilities,
): void {
  const present = [...conditions].filter(([, value]) => value != null);
  const own = new Set(present.map(([name]) => name.replace(/(?:From|Before)$/, '')));
  const custom = Object.values(extra).flatMap(({ is, ...range }) => [
    ...(is === undefined ? [] : [is]),
    ...(Object.keys(range).length === 0 ? [] : [range]),
  ]);
  const count = own.size + custom.length;
  if (count > maxConditions)
    throw refusal(
      'filter',
      `have at most ${String(maxConditions)} conditions, with a range as one`,
      String(count),
    );
}

function checkText(
  name: string,
  value: string,
  { idPattern, idDescription }: CrmCapabilities,
): void {
  if (IDS.has(name)) {
    if (!idPattern.test(value))
      throw refusal(`filter.${name}`, `be ${idDescription}`, JSON.stringify(value.slice(0, 40)));
  } else checkLength(name, value);
}

/** Rejects an empty value: it has no meaning, and some CRMs refuse it. */
function checkLength(name: string, value: string): void {
  if (value.length > MAX_TEXT || value.trim() === '')
    throw refusal(
      `filter.${name}`,
      `be text of 1 to ${String(MAX_TEXT)} characters`,
      String(value.length),
    );
}

/** Ids of records and users; ids of stages and pipelines can have any format. */
const IDS: ReadonlySet<string> = new Set(['companyId', 'ownerId']);

const MAX_TEXT = 200;

/** Both ends of a range have the same type: times, or days. */
function checkRange(name: string, conditions: ReadonlyMap<string, unknown>): void {
  const [from, before] = [`${name}From`, `${name}Before`].map((end) =>
    toComparable(conditions.get(end)),
  );
  if (from === undefined || before === undefined || from < before) return;
  throw new BadUserInput(
    `filter.${name}From must be earlier than filter.${name}Before, but is not.`,
  );
}

const toComparable = (end: unknown) =>
  end instanceof Date ? end.toISOString() : typeof end === 'string' ? end : undefined;

const refusal = (argument: string, expected: string, got: string) =>
  new BadUserInput(`${argument} must ${expected}, but got ${got}.`);
