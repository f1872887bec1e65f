import { expect, it } from '@jest/globals';
import { SharedConnections } from '../../upstream/shared-connections.ts';

it('connections with an equal key are one, which is closed with the last of its users', async () => {
  const shared = new SharedConnections<{ close(): Promise<void> }>();
  const log: string[] = [];
  const open = (key: string) =>
    shared.open(key, () => {
      log.push(`open ${key}`);
      return { close: () => Promise.resolve(void log.push(`close ${key}`)) };
    });
  const [first, second, other] = [open('a'), open('a'), open('b')];
  expect(log).toEqual(['open a', 'open b']);
  await first.close();
  await first.close();
  expect(log).toHaveLength(2);
  await second.close();
  expect(log).toEqual(['open a', 'open b', 'close a']);
  expect(shared.get('a')).toBeUndefined();
  await open('a').close();
  await other.close();
  expect(log.slice(3)).toEqual(['open a', 'close a', 'close b']);
});
