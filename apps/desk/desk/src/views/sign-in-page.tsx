import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { useSession } from './desk-context.js';

export const SignInPage = ({ problem }: { readonly problem: string | null }): VNode => {
  const session = useSession();
  const [token, setToken] = useState('');
  return (
    <main class="sign-in">
      <form
        class="sign-in__card form"
        onSubmit={(event) => {
          event.preventDefault();
          if (token.trim() !== '') void session.signIn(token.trim());
        }}
      >
        <h1>Agent desk</h1>
        {problem !== null && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <label class="field">
          <span>Access token</span>
          <input
            type="password"
            autocomplete="current-password"
            spellcheck={false}
            autofocus
            required
            value={token}
            onInput={(event) => {
              setToken(event.currentTarget.value);
            }}
            data-testid="token"
          />
        </label>
        <button type="submit" class="button button--primary" data-testid="sign-in">
          Sign in
        </button>
        {session.oidc !== undefined && (
          <>
            <p class="sign-in__or">or</p>
            <button
              type="button"
              class="button"
              data-testid="sign-in-oidc"
              onClick={() => {
                void session.signInByOidc();
              }}
            >
              Sign in with your organisation’s account
            </button>
          </>
        )}
      </form>
    </main>
  );
};
