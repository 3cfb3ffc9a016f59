import type { VNode } from 'preact';
import type { Command } from '../state/outbox.js';
import { useSession } from './desk-context.js';

/** Commands that went wrong, to be sent again or given up. */
export const PendingCommands = ({ commands }: { readonly commands: readonly Command[] }): VNode => (
  <div class="failed-commands" role="alert">
    {commands.map((command) => (
      <p key={command.key} class="problem problem--bar">
        <span>
          {command.label}: {command.problem}
        </span>
        <CommandButtons command={command} />
      </p>
    ))}
  </div>
);

export const CommandButtons = ({ command }: { readonly command: Command }): VNode => {
  const session = useSession();
  return (
    <span class="command-buttons">
      <button
        type="button"
        class="button button--small"
        data-testid="retry"
        onClick={() => {
          session.retry(command);
        }}
      >
        Retry
      </button>
      <button
        type="button"
        class="button button--small"
        onClick={() => {
          session.store.dispatch({ type: 'CommandDropped', key: command.key });
        }}
      >
        Give up
      </button>
    </span>
  );
};
