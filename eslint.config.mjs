import { readdirSync } from 'node:fs';
import graphql from '@graphql-eslint/eslint-plugin';
import regexp from 'eslint-plugin-regexp';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const subgraphFiles = readdirSync('schema', { recursive: true }).filter(
  (file) => file.endsWith('.graphql') && !/^(?:api|supergraph)\.graphql$|^audiences\//.test(file),
);

// One object for all files: the plugin keeps the first configuration that it sees for the whole run.
const graphQLConfig = {
  projects: Object.fromEntries([
    ...subgraphFiles.map((file) => [file, { schema: `schema/${file}`, include: `schema/${file}` }]),
    [
      'examples',
      { schema: 'schema/api.graphql', documents: 'examples/**/*.graphql', include: 'examples/**' },
    ],
  ]),
};

const sdlRules = {
  ...graphql.configs['flat/schema-recommended'].rules,
  '@graphql-eslint/require-description': [
    'error',
    {
      types: true,
      FieldDefinition: true,
      InputValueDefinition: true,
      EnumValueDefinition: true,
      rootField: true,
    },
  ],
  '@graphql-eslint/strict-id-in-types': 'off',
  '@graphql-eslint/description-style': ['error', { style: 'inline' }],
  // The rule checks SDL without a schema, so it knows no federation directive; composition refuses unknown ones.
  '@graphql-eslint/known-directives': 'off',
};

export default defineConfig(
  {
    ignores: [
      'dist/',
      '**/dist/',
      '**/__generated__/',
      'schema/supergraph.graphql',
      'schema/api.graphql',
      'schema/audiences/',
    ],
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only programs read the environment.' },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  {
    files: ['**/*.{ts,tsx,mjs,cjs}'],
    plugins: { regexp },
    rules: {
      // What takes a time that grows with the square of a text, or worse. tests/abuse/linear-expressions.long.test.ts finds what these cannot see.
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': [
        'error',
        { report: 'potential', ignorePartial: false, ignoreSticky: false },
      ],
      'regexp/no-dupe-disjunctions': ['error', { report: 'all' }],
      'regexp/no-contradiction-with-assertion': 'error',
      'regexp/no-trivially-nested-quantifier': 'error',
      'regexp/no-useless-quantifier': 'error',
      'regexp/optimal-quantifier-concatenation': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: ':matches(CallExpression, NewExpression)[callee.name="RegExp"]',
          message:
            'Write the expression as a literal: nothing can check one that is made at run time.',
        },
      ],
    },
  },
  // The texts there are the tests' own.
  {
    files: ['tests/**', 'bench/**'],
    rules: { 'regexp/no-super-linear-move': 'off', 'no-restricted-syntax': 'off' },
  },
  {
    files: ['bin/**', '**/main.ts', 'examples/mobile/live.ts', 'tests/**'],
    rules: { 'no-restricted-properties': 'off', 'max-lines-per-function': 'off' },
  },
  // A sandbox vendor writes each of the vendor's objects as one literal, and a benchmark is a script: cut, they would be harder to read.
  {
    files: ['sandbox/**', 'bench/**'],
    rules: {
      'max-lines-per-function': ['error', { max: 90, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['tests/**'],
    rules: { 'max-lines': ['error', { max: 600, skipBlankLines: true, skipComments: true }] },
  },
  {
    // What a server answered is `any` there: each test says what it expects to be in it.
    files: ['tests/**'],
    rules: Object.fromEntries(
      ['argument', 'assignment', 'call', 'member-access', 'return'].map((unsafe) => [
        `@typescript-eslint/no-unsafe-${unsafe}`,
        'off',
      ]),
    ),
  },
  {
    files: ['schema/*.graphql', 'schema/feeds/*.graphql'],
    // Parts of schemas.
    ignores: ['schema/feeds/*-computed.graphql'],
    plugins: { '@graphql-eslint': graphql },
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig } },
    rules: sdlRules,
  },
  {
    files: ['examples/**/*.graphql'],
    // Schemas of services, custom fields and connectors, which are no operations.
    ignores: ['examples/own-graph/**', 'examples/connectors/**'],
    plugins: { '@graphql-eslint': graphql },
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig } },
    rules: {
      ...graphql.configs['flat/operations-recommended'].rules,
      // For clients with a normalised cache; the examples are read by people and ask for nothing that they don't show.
      '@graphql-eslint/require-selections': 'off',
    },
  },
);
