import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useDesk, useSession } from './desk-context.js';
import { DeskPage } from './desk-page.js';
import { SignInPage } from './sign-in-page.js';

export const App = (): VNode => {
  const state = useDesk();
  switch (state.phase) {
    case 'signed-out':
      return <SignInPage problem={state.signInProblem} />;
    case 'signing-in':
      return <SigningIn />;
    case 'at-desk':
      return <DeskPage state={state} />;
  }
};

/** A server that is there has answered by then, in milliseconds. */
const PATIENCE_MS = 3_000;

const SigningIn = (): VNode => {
  const session = useSession();
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => {
      setSlow(true);
    }, PATIENCE_MS);
    return () => {
      window.clearTimeout(timer);
    };
  }, []);
  return (
    <main class="sign-in">
      <div class="sign-in__card form">
        <h1>Agent desk</h1>
        <p role="status">{isSlow ? 'The server does not answer yet. Trying again …' : 'Signing in …'}</p>
        {isSlow && (
          <button
            type="button"
            class="button"
            onClick={() => {
              session.cancelSignIn();
            }}
          >
            Cancel
          </button>
        )}
      </div>
    </main>
  );
};
