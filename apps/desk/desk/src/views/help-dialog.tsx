import type { VNode } from 'preact';
import { SHORTCUT_LIST } from '../text/shortcuts.js';
import { Dialog } from './dialog.js';

export const HelpDialog = ({ onClose }: { readonly onClose: () => void }): VNode => (
  <Dialog title="Keyboard" onClose={onClose} testId="help-dialog">
    <dl class="keys">
      {SHORTCUT_LIST.map(([keys, what]) => (
        <div key={keys}>
          <dt>
            <kbd>{keys}</kbd>
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  </Dialog>
);
