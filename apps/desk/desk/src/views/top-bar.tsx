import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Presence, Profile } from '../api/shapes.js';
import type { View } from '../state/desk-state.js';
import { presenceName } from '../text/names.js';
import { currentTheme, toggleTheme } from '../theme.js';
import { useSession } from './desk-context.js';
import { Elapsed } from './elapsed.js';
import { memo } from './memo.js';
import { Menu } from './menu.js';
import { Name } from './user-text.js';

interface TopBarProps {
  readonly profile: Profile | null;
  readonly presence: Presence;
  readonly reason: string | null;
  readonly since: string | null;
  readonly offsetMs: number;
  readonly reasons: readonly string[];
  readonly view: View;
  readonly isMuted: boolean;
  readonly onMute: () => void;
  readonly onHelp: () => void;
}

export const TopBar = ({
  profile,
  presence,
  reason,
  since,
  offsetMs,
  reasons,
  view,
  isMuted,
  onMute,
  onHelp,
}: TopBarProps): VNode => {
  const session = useSession();
  const isReady = presence === 'ready';
  return (
    <header class="top-bar">
      <h1 class="top-bar__title">Desk</h1>
      <div class="presence" role="group" aria-label="Your presence">
        <button
          type="button"
          class={isReady ? 'button button--ready' : 'button'}
          aria-pressed={isReady}
          data-testid="ready"
          onClick={() => {
            void session.goReady();
          }}
        >
          <span aria-hidden="true">{isReady ? '●' : '○'}</span> Ready
        </button>
        <Menu
          label="Not ready"
          isPressed={!isReady}
          items={reasons}
          testId="not-ready"
          onChoose={(item) => {
            void session.goNotReady(item);
          }}
        />
        <p class="presence__now">
          <span data-testid="presence">
            {presenceName(presence)}
            {reason !== null && presence === 'not-ready' ? `: ${reason}` : ''}
          </span>{' '}
          {since !== null && <Elapsed since={since} offsetMs={offsetMs} />}
        </p>
      </div>
      {profile !== null && profile.role !== 'agent' && <Views view={view} />}
      <div class="top-bar__right">
        <button type="button" class="button button--quiet" aria-pressed={isMuted} data-testid="mute" onClick={onMute}>
          {isMuted ? 'Sound off' : 'Sound on'}
        </button>
        <ThemeButton />
        <button type="button" class="icon-button" aria-label="Keyboard shortcuts" title="Keyboard (?)" onClick={onHelp}>
          ?
        </button>
        <span class="top-bar__who">
          <Name name={profile?.nickname ?? ''} />
        </span>
        <button
          type="button"
          class="button button--quiet"
          data-testid="sign-out"
          onClick={() => {
            void session.signOut();
          }}
        >
          Sign out
        </button>
      </div>
    </header>
  );
};

const VIEWS: readonly (readonly [View, string])[] = [
  ['chats', 'My chats'],
  ['supervision', 'Supervision'],
];

const Views = memo(({ view }: { readonly view: View }): VNode => {
  const { store } = useSession();
  return (
    <div class="views" role="group" aria-label="View">
      {VIEWS.map(([name, label]) => (
        <button
          key={name}
          type="button"
          class={view === name ? 'tab tab--on' : 'tab'}
          aria-pressed={view === name}
          data-testid={name === 'supervision' ? 'supervision-tab' : 'chats-tab'}
          onClick={() => {
            store.dispatch({ type: 'ViewChosen', view: name });
          }}
        >
          {label}
        </button>
      ))}
    </div>
  );
});

const ThemeButton = (): VNode => {
  const [theme, setTheme] = useState(currentTheme);
  return (
    <button
      type="button"
      class="icon-button"
      aria-label="Dark colours"
      aria-pressed={theme === 'dark'}
      title="Light or dark"
      data-testid="theme"
      onClick={() => {
        setTheme(toggleTheme());
      }}
    >
      ◐
    </button>
  );
};
