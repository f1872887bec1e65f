import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from '@jest/globals';

const inFolder = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));

const PAGES = [
  ...['README.md', 'CHANGELOG.md', 'examples/README.md'],
  ...inFolder('docs'),
  ...inFolder('docs/adr'),
];

const withoutCode = (page: string) =>
  readFileSync(page, 'utf8').replaceAll(/^ *```.+?^ *```$/gms, '');

/** The anchors that GitHub gives to headings. */
const anchorsOf = (page: string) =>
  Array.from(withoutCode(page).matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
    heading
      .replaceAll(/\]\([^)]*\)/g, '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );

it.each(PAGES)('the links of %s lead to files and headings that exist', (page) => {
  const targets = Array.from(
    withoutCode(page).matchAll(/\]\(([^()\s]+)\)|(?:src|href)="([^"]+)"/g),
    ([, link, attribute]) => link ?? attribute ?? '',
  ).filter((target) => !/^[a-z]+:/.test(target));
  const broken = targets.filter((target) => {
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : join(dirname(page), path);
    if (!existsSync(file)) return true;
    return anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).includes(anchor);
  });
  expect(broken).toEqual([]);
});

const scriptsIn = (page: string) =>
  Array.from(
    readFileSync(page, 'utf8').matchAll(/npm run (?:-s )?([a-z][\w:-]*)/g),
    ([, name = '']) => name,
  );

/** Without the release notes: they name scripts that may have been removed since. */
const PAGES_WITH_SCRIPTS = PAGES.filter(
  (page) => page !== 'CHANGELOG.md' && scriptsIn(page).length > 0,
);

it.each(PAGES_WITH_SCRIPTS)('the npm scripts that %s names exist', (page) => {
  // A cast: the file is our own.
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  expect(scriptsIn(page).filter((name) => !(name in scripts))).toEqual([]);
});
