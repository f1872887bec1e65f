import { useEffect, useId, useState, type SyntheticEvent } from 'react';
import { MAX_KEY_LENGTH, type Access } from './use-api-key.ts';

/** The button for the credential of all tabs, with its dialog. The dialog opens when the gateway refuses a request. */
export function SignIn({ access }: { readonly access: Access }) {
  const { session, isAccepted, refusal } = access;
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const isSignedIn = session.apiKey !== undefined && isAccepted;

  useEffect(() => {
    if (refusal !== undefined) setOpen(true);
    else if (isAccepted) setOpen(false);
  }, [session, isAccepted, refusal]);

  return (
    <span
      className="sign-in"
      onKeyDown={({ key }) => {
        if (key === 'Escape') setOpen(false);
      }}
    >
      <button
        type="button"
        className="sign-in-button"
        data-state={isSignedIn ? 'in' : refusal === undefined ? 'out' : 'refused'}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        {isSignedIn ? 'Signed in' : 'Sign in'}
      </button>
      {isOpen && (
        <section id={id} className="sign-in-box" aria-label="Sign in">
          {isSignedIn ? <SignedIn access={access} /> : <KeyForm access={access} />}
        </section>
      )}
    </span>
  );
}

function SignedIn({ access: { signOut } }: { readonly access: Access }) {
  return (
    <>
      <p>Your API key is sent with the operations of all tabs.</p>
      <button type="button" className="sign-in-submit" onClick={signOut}>
        Sign out
      </button>
    </>
  );
}

function KeyForm({
  access: { session, isAccepted, refusal, signIn },
}: {
  readonly access: Access;
}) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string>();
  const id = useId();
  const message = problem ?? (session.apiKey === undefined ? undefined : refusal);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setProblem(signIn(text));
  };
  return (
    <form onSubmit={submit}>
      <p>
        {isAccepted
          ? 'This gateway accepts requests without a key. Sign in to send one.'
          : 'This gateway requires an API key.'}
      </p>
      <label htmlFor={id}>API key or access token</label>
      <input
        id={id}
        type="password"
        autoComplete="off"
        spellCheck={false}
        maxLength={MAX_KEY_LENGTH + 'Bearer '.length}
        value={text}
        autoFocus
        onChange={({ target }) => {
          setText(target.value);
        }}
      />
      {message !== undefined && (
        <p className="sign-in-problem" role="alert">
          {message}
        </p>
      )}
      <button type="submit" className="sign-in-submit">
        Sign in
      </button>
      <p className="sign-in-note">
        Used for all tabs until you sign out or close this browser tab. Create a key with
        <code>{COMMAND}</code>
      </p>
    </form>
  );
}

const COMMAND = `npm run keys -- create \\
  --name Playground --scopes all`;
