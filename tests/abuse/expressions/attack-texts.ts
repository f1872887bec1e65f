import type { AST } from '@eslint-community/regexpp';
import { accepts, isSet } from './count-steps.ts';

/** A text that an expression may take long for, of any length: a beginning, something again and again, and an end that spoils the match. */
export interface AttackText {
  readonly begin: string;
  readonly again: string;
  readonly end: string;
}

export const writeAttack = ({ begin, again, end }: AttackText, length: number): string =>
  begin +
  again.repeat(Math.max(1, Math.floor((length - begin.length - end.length) / again.length))) +
  end;

/** Attacks made of an expression's own parts, and what people write by hand against expressions like it. */
export function attacksOn(pattern: AST.Pattern, flags: string): readonly AttackText[] {
  const letters = lettersOf(pattern, flags);
  const begins = [...new Set(['', ...beginningsOf(pattern.alternatives, letters)])].slice(
    0,
    MAX_BEGINNINGS,
  );
  const parts = [
    ...new Set([
      ...letters.all,
      ...pairs(letters.all),
      ...begins,
      ...partsOf(pattern, letters),
      ...BY_HAND,
    ]),
  ].filter(Boolean);
  const ends = ['', letters.foreign, '\n'];
  const attacks = new Map<string, AttackText>();
  for (const end of ends) {
    for (const again of parts) {
      for (const begin of begins)
        attacks.set(JSON.stringify([begin, again, end]), { begin, again, end });
      for (const begin of begins.slice(1))
        attacks.set(JSON.stringify(['', begin + again, end]), {
          begin: '',
          again: begin + again,
          end,
        });
    }
  }
  return [...attacks.values()];
}

const MAX_BEGINNINGS = 12;
const MAX_LETTERS = 12;

/** Of expressions for numbers, white space, addresses, URLs, lists, and messages. */
const BY_HAND = [
  '0',
  ' ',
  '\t',
  '\n',
  '.',
  '0.',
  ' ,',
  ', ',
  '?',
  '%',
  '=',
  '"',
  '{',
  '[',
  'a@',
  'a@a.',
  'http://',
  ' u=7',
  'Did you mean ',
];

/** One character of each class that an expression distinguishes. */
interface Letters {
  readonly all: readonly string[];
  /** One that the expression takes nowhere, or nearly so. */
  readonly foreign: string;
  readonly of: (element: AST.Element) => string;
}

function lettersOf(pattern: AST.Pattern, flags: string): Letters {
  const sets = setsIn(pattern);
  const bySignature = new Map<string, string>();
  let foreign = { letter: '\0', count: Infinity };
  for (const letter of CANDIDATES) {
    const code = letter.codePointAt(0) ?? 0;
    const signature = sets.map((set) => (accepts(set, flags, code) ? '1' : '0')).join('');
    if (!bySignature.has(signature)) bySignature.set(signature, letter);
    const count = signature.replaceAll('0', '').length;
    if (count < foreign.count) foreign = { letter, count };
  }
  const of = (element: AST.Element) =>
    isSet(element)
      ? (CANDIDATES.find((letter) => accepts(element, flags, letter.codePointAt(0) ?? 0)) ?? '')
      : '';
  return { all: [...bySignature.values()].slice(0, MAX_LETTERS), foreign: foreign.letter, of };
}

const CANDIDATES: readonly string[] = [
  ...Array.from({ length: 26 }, (_, index) => String.fromCharCode(0x61 + index)),
  ...Array.from({ length: 0x7f - 0x20 }, (_, index) => String.fromCharCode(0x20 + index)),
  ...[
    '\0',
    '\t',
    '\n',
    '\r',
    '\u0001',
    '\u00a0',
    '\u0301',
    'é',
    'ß',
    'ø',
    'ı',
    '€',
    '’',
    '中',
    '\u2028',
    '😀',
  ],
];

function setsIn(pattern: AST.Pattern) {
  const sets = new Map<string, Parameters<typeof accepts>[0]>();
  walk(pattern, (element) => {
    if (isSet(element)) sets.set(element.raw, element);
  });
  return [...sets.values()];
}

/** Texts that what is repeated takes, and texts of whole alternatives: all of it, and all but the end. */
function partsOf(pattern: AST.Pattern, letters: Letters): string[] {
  const parts = pattern.alternatives.flatMap((alternative) => {
    const whole = sampleOf(alternative.elements, letters);
    return [whole, whole.slice(0, -1), sampleOf(alternative.elements.slice(0, -1), letters)];
  });
  walk(pattern, (element) => {
    if (element.type !== 'Quantifier') return;
    const { element: repeated } = element;
    const alternatives =
      'alternatives' in repeated
        ? repeated.alternatives.map(({ elements }) => elements)
        : [[repeated]];
    for (const elements of alternatives.slice(0, MAX_LETTERS))
      parts.push(sampleOf(elements, letters));
  });
  return parts;
}

/** What an expression takes before it comes to each of its elements. */
function beginningsOf(alternatives: readonly AST.Alternative[], letters: Letters): string[] {
  return alternatives.slice(0, MAX_LETTERS).flatMap(({ elements }) =>
    elements.flatMap((element, index) => {
      const before = sampleOf(elements.slice(0, index), letters);
      const inside = element.type === 'Quantifier' ? element.element : element;
      const within = 'alternatives' in inside ? beginningsOf(inside.alternatives, letters) : [];
      // An element that takes one character begins nothing; what is before a quantifier or a group may.
      return index > 0 && (element.type === 'Quantifier' || element.type.endsWith('Group'))
        ? [before, ...within.map((text) => before + text)]
        : within;
    }),
  );
}

function sampleOf(elements: readonly AST.Element[], letters: Letters): string {
  return elements
    .map((element) => {
      if (element.type === 'Quantifier')
        return sampleOf([element.element], letters).repeat(Math.max(1, Math.min(element.min, 50)));
      if (element.type === 'Group' || element.type === 'CapturingGroup')
        return sampleOf(element.alternatives[0]?.elements ?? [], letters);
      return letters.of(element);
    })
    .join('');
}

const pairs = (letters: readonly string[]) =>
  letters
    .slice(0, MAX_PAIRED)
    .flatMap((one) => letters.slice(0, MAX_PAIRED).map((other) => one + other));

const MAX_PAIRED = 6;

function walk(
  node: AST.Pattern | AST.Alternative | AST.Element,
  visit: (element: AST.Element) => void,
): void {
  if (node.type === 'Pattern') {
    for (const alternative of node.alternatives) walk(alternative, visit);
    return;
  }
  if (node.type === 'Alternative') {
    for (const element of node.elements) walk(element, visit);
    return;
  }
  visit(node);
  if (node.type === 'Quantifier') walk(node.element, visit);
  else if ('alternatives' in node)
    for (const alternative of node.alternatives) walk(alternative, visit);
}
