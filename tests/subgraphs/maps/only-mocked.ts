import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import nock from 'nock';

/** In every test of the file: no connection is real, and no answer is left over. */
export function onlyMockedCalls() {
  beforeAll(() => {
    nock.disableNetConnect();
  });
  // What it patches outlives this file's modules and would stand in the way of the next file in the same process.
  afterAll(() => {
    nock.restore();
  });
  afterEach(() => {
    const left = nock.pendingMocks();
    nock.cleanAll();
    expect(left).toEqual([]);
  });
}
