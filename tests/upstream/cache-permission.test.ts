import { describe, expect, it } from '@jest/globals';
import { readCachePermission } from '../../upstream/cache-permission.ts';
import { VendorResponse } from '../../upstream/vendor-response.ts';

const permissionFor = (headers: Record<string, string>) =>
  readCachePermission(
    { method: 'GET', path: '/', headers: {} },
    new VendorResponse({ status: 200, headers, body: Buffer.from('{}') }),
  );

const ALLOWED = { 'cache-control': 'max-age=60', etag: '"one"' };

describe('a response whose headers allow caching', () => {
  it('is cached, however long other headers are', () => {
    const cached = {
      freshMs: expect.closeTo(60_000, -4),
      validators: { 'if-none-match': '"one"' },
    };
    expect(
      permissionFor({
        ...ALLOWED,
        connection: `a${' '.repeat(15_000)}b`,
        'content-security-policy': 'a'.repeat(5000),
      }),
    ).toEqual(cached);
  });

  it.each(['cache-control', 'etag', 'expires', 'vary'])(
    'is not cached if %s is too long',
    (name) => {
      expect(
        permissionFor({ ...ALLOWED, [name]: `max-age=60,${' '.repeat(15_000)}a` }),
      ).toBeUndefined();
    },
  );
});
