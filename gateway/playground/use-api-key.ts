import { useCallback, useState } from 'react';

/** The credential of the page's requests. A new object for each entered key, so that each response belongs to one session. */
export interface Session {
  readonly apiKey: string | undefined;
}

export interface Access {
  readonly session: Session;
  /** Whether the gateway has accepted a request of this session. */
  readonly isAccepted: boolean;
  /** Why the gateway refuses the key or its absence; undefined if nothing was refused. */
  readonly refusal: string | undefined;
  /** @returns the problem of the text; undefined if it is accepted as the new key */
  readonly signIn: (text: string) => string | undefined;
  readonly signOut: () => void;
  readonly setRefusal: (session: Session, refusal: string | undefined) => void;
}

/** The gateway accepts 8,192 characters of the header, including "Bearer ". */
export const MAX_KEY_LENGTH = 8192 - 'Bearer '.length;

/** Stores the key in the browser tab's session storage: it survives a reload, and is deleted with the tab. */
export function useApiKey(): Access {
  const [session, setSession] = useState<Session>(() => ({
    apiKey: sessionStorage.getItem(STORAGE_NAME) ?? undefined,
  }));
  const [refusals, setRefusals] = useState<ReadonlyMap<Session, string | undefined>>(new Map());

  const signIn = useCallback((text: string) => {
    const apiKey = text.trim().replace(/^bearer +/i, '');
    if (apiKey === '') return 'Enter an API key.';
    if (apiKey.length > MAX_KEY_LENGTH)
      return `An API key has at most ${String(MAX_KEY_LENGTH)} characters, but this has ${String(apiKey.length)}.`;
    if (!CREDENTIAL.test(apiKey))
      return 'An API key has only letters, digits and the characters - . _ ~ + / =';
    sessionStorage.setItem(STORAGE_NAME, apiKey);
    setSession({ apiKey });
    return undefined;
  }, []);
  const signOut = useCallback(() => {
    sessionStorage.removeItem(STORAGE_NAME);
    setSession({ apiKey: undefined });
  }, []);
  const setRefusal = useCallback((of: Session, refusal: string | undefined) => {
    setRefusals((earlier) => new Map(earlier).set(of, refusal));
  }, []);
  const refusal = refusals.get(session);
  const isAccepted = refusals.has(session) && refusal === undefined;
  return { session, isAccepted, refusal, signIn, signOut, setRefusal };
}

const STORAGE_NAME = 'tributary:api-key';

/** RFC 6750, section 2.1. */
const CREDENTIAL = /^[\w.~+/-]+=*$/;
