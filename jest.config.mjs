// ESM in Jest needs: node --experimental-vm-modules (see "test" in package.json).
export default {
  testEnvironment: 'node',
  testTimeout: 30_000,
  // Each file in a process of its own: a connection that one leaves behind must not end another. Two bytes: 1 would be all of the memory.
  workerIdleMemoryLimit: 2,
  // One file on each core. What takes long, or counts on having the machine to itself, is in *.long.test.ts: see jest.long.config.mjs.
  maxWorkers: '100%',
  roots: ['<rootDir>/tests'],
  testMatch: ['**/!(*.long).test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  setupFiles: [
    '<rootDir>/tests/setup/promise-with-resolvers.mjs',
    '<rootDir>/tests/setup/no-telemetry.mjs',
  ],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};
