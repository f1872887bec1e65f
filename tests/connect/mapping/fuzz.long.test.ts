import { expect, it } from '@jest/globals';
import {
  evaluate,
  MappingSyntaxError,
  type MappingVersion,
  parseMapping,
  shapeOf,
  usesOf,
} from '../../../subgraphs/connect/mapping/mapping.ts';
import { METHODS } from '../../../subgraphs/connect/mapping/methods/method-table.ts';
import { createRandom } from '../../../sandbox/world/random.ts';

/** An integer from 0 below `end`. */
type Random = (end: number) => number;

const RUNS = 100_000;
/** A guard against a hang, not a measurement: one run takes microseconds, but other programs may hold the processor. */
const HANG = 2_000;

const WORDS = [
  ...Object.keys(METHODS).flatMap((name) => [`->${name}`, `->${name}(`]),
  ...'$ @ $args $this.a $( ) { } [ ] , : . ... ? ?? ?! - -> # "x" \' " a b id items null true 5 -1 .5 9007199254740993'.split(
    ' ',
  ),
  '\n',
  '\\',
  'é',
];

const KEYS = ['a', 'b', 'id', 'items', '__proto__', 'constructor', 'length'];

function randomText(random: Random): string {
  let text = '';
  for (let left = random(30); left >= 0; left -= 1) {
    text += WORDS[random(WORDS.length)] ?? '';
    if (random(3) === 0) text += ' ';
  }
  return text;
}

/** A mapping that can be read. */
function randomMapping(random: Random, depth = 3): string {
  const count = 1 + random(3);
  const entries = Array.from(
    { length: count },
    (_, index) => `k${String(index)}: ${randomExpression(random, depth)}`,
  );
  return entries.join(' ');
}

function randomExpression(random: Random, depth: number): string {
  const start = ['$', '@', 'a', 'items', '$args', '$.id', '$this.b'][random(7)] ?? '$';
  let path = start;
  for (let left = random(4); left > 0; left -= 1) path += randomStep(random, depth);
  return path;
}

function randomStep(random: Random, depth: number): string {
  const kind = random(depth > 0 ? 4 : 2);
  if (kind === 0) return `.${KEYS[random(KEYS.length)] ?? 'a'}`;
  if (kind === 1) return random(2) === 0 ? '?.id' : '->first';
  const names = Object.keys(METHODS);
  const name = names[random(names.length)] ?? 'echo';
  const values = Array.from({ length: random(3) }, () => randomArgument(random, depth - 1));
  return values.length === 0 ? `->${name}` : `->${name}(${values.join(', ')})`;
}

function randomArgument(random: Random, depth: number): string {
  const path = () => randomExpression(random, depth);
  const forms = [
    path,
    path,
    () => `[${path()}, ${path()}]`,
    () => `{ a: ${path()}, items: ${path()} }`,
    () => ['1', '-2', '"a"', 'null', 'true', '10', '""', '[1, 2]'][random(8)] ?? '1',
    () => `${path()} ?? ${path()}`,
  ];
  return (forms[random(forms.length)] ?? path)();
}

function randomInput(random: Random, depth = 4): unknown {
  const kind = random(depth > 0 ? 9 : 6);
  if (kind >= 7) {
    return Object.fromEntries(
      Array.from({ length: random(5) }, () => [
        KEYS[random(KEYS.length)],
        randomInput(random, depth - 1),
      ]),
    );
  }
  if (kind === 6) return Array.from({ length: random(6) }, () => randomInput(random, depth - 1));
  return [null, true, random(100), 'text 😀', 9007199254740993n, undefined][kind];
}

function check(mapping: string, version: MappingVersion, random: Random): boolean {
  const started = performance.now();
  try {
    const parsed = parseMapping(mapping, version);
    const { problems } = evaluate(parsed, randomInput(random), {
      $args: randomInput(random),
      $this: { a: 1 },
    });
    expect(problems.length).toBeLessThanOrEqual(100);
    shapeOf(parsed);
    usesOf(parsed);
    return true;
  } catch (error) {
    if (!(error instanceof MappingSyntaxError))
      throw new Error(`${version} ${mapping}`, { cause: error });
    return false;
  } finally {
    if (performance.now() - started > HANG) throw new Error(`Hangs: ${mapping}`);
  }
}

it.each<[string, (random: Random) => string, least: number]>([
  ['random texts', randomText, 100],
  ['random mappings of random inputs', randomMapping, RUNS],
])(
  '100,000 %s throw only syntax errors, end, and release their memory',
  (_title, make, least) => {
    const source = createRandom(7);
    const random: Random = (end) => source.integer(0, end - 1);
    let read = 0;
    let before = 0;
    for (let run = 0; run < RUNS; run += 1) {
      if (run === RUNS / 10) before = usedMemory();
      if (check(make(random), run % 2 === 0 ? 'v0.3' : 'v0.4', random)) read += 1;
    }
    expect(read).toBeGreaterThanOrEqual(least);
    expect(usedMemory() - before).toBeLessThan(30_000_000);
  },
  600_000,
);

function usedMemory(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
