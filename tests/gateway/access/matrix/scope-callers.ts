import type { KeyFile } from '../key-file.ts';
import { bearer, inSeconds, type TokenIssuer } from '../token-issuer.ts';

/** Somebody who is answered, and what they may do. */
export interface ScopeCaller {
  readonly name: string;
  readonly scopes: ReadonlySet<string>;
  readonly headers: Readonly<Record<string, string>>;
  /** What is said of a field that is refused. */
  readonly code: 'FORBIDDEN' | 'UNAUTHENTICATED';
}

/** Nobody, and somebody with each scope, with any two, with all, and with those that only look like one. */
export async function createScopeCallers(
  all: readonly string[],
  keys: KeyFile,
  issuer: TokenIssuer,
): Promise<ScopeCaller[]> {
  const pairs = all.flatMap((one, index) => all.slice(index + 1).map((other) => [one, other]));
  // A matrix takes minutes.
  const exp = inSeconds(3600);
  const callers: ScopeCaller[] = [
    { name: 'nobody', scopes: new Set(), headers: {}, code: 'UNAUTHENTICATED' },
  ];
  const add = (name: string, scopes: readonly string[], credential: string) =>
    callers.push({ name, scopes: new Set(scopes), headers: bearer(credential), code: 'FORBIDDEN' });
  for (const scopes of [[], ...all.map((scope) => [scope]), [...all]]) {
    add(`a key for ${scopes.join(' and ') || 'nothing'}`, scopes, await keys.add({ scopes }));
  }
  for (const scopes of pairs)
    add(
      `a token for ${scopes.join(' and ')}`,
      scopes,
      await issuer.token({ claims: { scope: scopes.join(' '), exp } }),
    );
  const others = all.flatMap((scope) => [
    scope.toUpperCase(),
    `${scope}:all`,
    String(scope.split(':')[0]),
    `x${scope}`,
    `${scope},`,
  ]);
  add(
    'a token for what only looks like them',
    [],
    await issuer.token({ claims: { scope: ['all', '*', ...others].join(' '), exp } }),
  );
  return callers;
}
