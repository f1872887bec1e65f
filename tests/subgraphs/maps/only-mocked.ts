import { afterEach, beforeAll, expect } from '@jest/globals';
import nock from 'nock';

/** In every test of the file: no connection is real, and no answer is left over. */
export function onlyMockedCalls() {
  beforeAll(() => {
    nock.disableNetConnect();
  });
  afterEach(() => {
    const left = nock.pendingMocks();
    nock.cleanAll();
    expect(left).toEqual([]);
  });
}
