import { useCallback, useState } from 'react';

/** With what the page's requests are sent. A new one for each time that a key is entered, so that it can be told what was answered to which. */
export interface Session {
  readonly apiKey: string | undefined;
}

export interface Access {
  readonly session: Session;
  /** Whether the gateway has accepted a request of this session. */
  readonly isAccepted: boolean;
  /** Why the gateway refuses the key, or requests without one; undefined while it refuses nothing. */
  readonly refusal: string | undefined;
  /** @returns what is wrong with the text; undefined if it is used from now on. */
  readonly signIn: (text: string) => string | undefined;
  readonly signOut: () => void;
  readonly setRefusal: (session: Session, refusal: string | undefined) => void;
}

/** The gateway reads 8,192 characters of the header, of which "Bearer " is the beginning. */
export const MAX_KEY_LENGTH = 8192 - 'Bearer '.length;

/** The key is in the browser tab's session storage: it survives a reload, and ends with the tab. */
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
