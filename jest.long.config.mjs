// What takes long, or counts on having the machine to itself: all vendors down in turn, the access matrix, floods, generated operations.
import config from './jest.config.mjs';

export default { ...config, maxWorkers: 1, testTimeout: 120_000, testMatch: ['**/*.long.test.ts'] };
