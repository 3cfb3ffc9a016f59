import type { VNode } from 'preact';
import type { Notice } from '../state/desk-state.js';
import { useSession } from './desk-context.js';

export const NoticeList = ({ notices }: { readonly notices: readonly Notice[] }): VNode => {
  const { store } = useSession();
  return (
    <div class="notices" role="alert">
      {notices.map(({ key, text }) => (
        <p key={key} class="problem problem--bar">
          <span>{text}</span>
          <button
            type="button"
            class="icon-button"
            aria-label="Dismiss"
            onClick={() => {
              store.dispatch({ type: 'NoticeRead', key });
            }}
          >
            ✕
          </button>
        </p>
      ))}
    </div>
  );
};
