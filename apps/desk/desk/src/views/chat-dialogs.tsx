import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Chat, DeskLists } from '../api/shapes.js';
import { customerName, presenceName } from '../text/names.js';
import { webUrl } from '../text/links.js';
import { useSession } from './desk-context.js';
import { FormDialog } from './dialog.js';
import { Name } from './user-text.js';

export type ChatDialogName = 'poke' | 'push-url' | 'transfer' | 'leave' | 'end' | 'disposition';

interface ChatDialogProps {
  readonly chat: Chat;
  readonly me: string;
  readonly lists: DeskLists;
  readonly onClose: () => void;
  /** Goes on with another dialog. */
  readonly onNext: (name: ChatDialogName) => void;
}

/** What an agent does with a chat and has to say more about. */
export const ChatDialog = ({ name, ...props }: ChatDialogProps & { readonly name: ChatDialogName }): VNode => {
  switch (name) {
    case 'poke':
      return <PokeDialog {...props} />;
    case 'push-url':
      return <PushUrlDialog {...props} />;
    case 'transfer':
      return <TransferDialog {...props} />;
    case 'leave':
      return <LeaveDialog {...props} />;
    case 'end':
      return <EndDialog {...props} />;
    case 'disposition':
      return <DispositionDialog {...props} />;
  }
};

const PokeDialog = ({ chat: { serviceId }, onClose }: ChatDialogProps): VNode => {
  const session = useSession();
  const [text, setText] = useState('');
  return (
    <FormDialog
      title="Poke the customer’s device"
      submit="Poke"
      submitTestId="poke-send"
      onClose={onClose}
      onSubmit={() => {
        const body = text.trim() === '' ? {} : { text: text.trim() };
        session.send({ serviceId, label: 'Poke', path: 'poke', body });
        onClose();
      }}
    >
      <label class="field">
        <span>Text of the notification (empty: the service’s own)</span>
        <textarea
          rows={3}
          maxLength={500}
          dir="auto"
          autofocus
          value={text}
          data-testid="poke-text"
          onInput={(event) => {
            setText(event.currentTarget.value);
          }}
        />
      </label>
    </FormDialog>
  );
};

const PushUrlDialog = ({ chat: { serviceId }, onClose }: ChatDialogProps): VNode => {
  const session = useSession();
  const [url, setUrl] = useState('https://');
  const [problem, setProblem] = useState<string | null>(null);
  return (
    <FormDialog
      title="Push a page to the customer"
      submit="Push"
      submitTestId="push-url-send"
      onClose={onClose}
      onSubmit={() => {
        const address = url.trim();
        if (webUrl(address) === undefined || /\s/.test(address)) {
          setProblem('An address that begins with http:// or https:// is needed.');
          return;
        }
        session.send({
          ...{ serviceId, label: 'Push URL', path: 'push-url', body: { url: address } },
          echo: { kind: 'url', text: address },
        });
        onClose();
      }}
    >
      <label class="field">
        <span>Address of the page</span>
        <input
          type="text"
          inputMode="url"
          maxLength={2048}
          autofocus
          value={url}
          aria-invalid={problem !== null}
          aria-describedby={problem === null ? undefined : 'push-url-problem'}
          data-testid="push-url-text"
          onInput={(event) => {
            setUrl(event.currentTarget.value);
            setProblem(null);
          }}
        />
      </label>
      {problem !== null && (
        <p class="problem" role="alert" id="push-url-problem">
          {problem}
        </p>
      )}
    </FormDialog>
  );
};

const TransferDialog = ({ chat, me, lists, onClose }: ChatDialogProps): VNode => {
  const session = useSession();
  const [target, setTarget] = useState('');
  const [isTransfer, setTransfer] = useState(true);
  const agents = lists.agents.filter(({ id }) => id !== me && !chat.participants.some(({ agentId }) => agentId === id));
  useEffect(() => {
    // Who is ready changes by the minute.
    void session.refreshLists();
  }, []);
  return (
    <FormDialog
      title={isTransfer ? 'Transfer the chat' : 'Call another agent in'}
      submit={isTransfer ? 'Transfer' : 'Call in'}
      submitTestId="transfer-send"
      onClose={onClose}
      onSubmit={() => {
        const [kind, name = ''] = target.split(/:(.*)/s);
        if (name === '' && kind !== 'anybody') return;
        const body = kind === 'agent' ? { agentId: name } : { skills: kind === 'skill' ? { [name]: 1 } : {} };
        const path = isTransfer ? 'transfer' : 'conference';
        session.send({ serviceId: chat.serviceId, label: isTransfer ? 'Transfer' : 'Calling in', path, body });
        onClose();
      }}
    >
      <fieldset class="choices">
        <legend>When the other has joined</legend>
        <label>
          <input
            type="radio"
            name="transfer-kind"
            checked={isTransfer}
            data-testid="transfer-leave"
            onChange={() => {
              setTransfer(true);
            }}
          />{' '}
          I leave (transfer)
        </label>
        <label>
          <input
            type="radio"
            name="transfer-kind"
            checked={!isTransfer}
            data-testid="transfer-stay"
            onChange={() => {
              setTransfer(false);
            }}
          />{' '}
          I stay (conference)
        </label>
      </fieldset>
      <label class="field">
        <span>Who</span>
        <select
          required
          autofocus
          value={target}
          data-testid="transfer-target"
          onChange={(event) => {
            setTarget(event.currentTarget.value);
          }}
        >
          <option value="">Choose …</option>
          <optgroup label="Agents">
            {agents.map(({ id, nickname, presence }) => (
              <option key={id} value={`agent:${id}`}>
                {nickname} ({presenceName(presence)})
              </option>
            ))}
          </optgroup>
          <optgroup label="Whoever has the skill">
            {lists.skills.map((skill) => (
              <option key={skill} value={`skill:${skill}`}>
                {skill}
              </option>
            ))}
          </optgroup>
          <optgroup label="Others">
            <option value="anybody:">Anybody</option>
          </optgroup>
        </select>
      </label>
    </FormDialog>
  );
};

const LeaveDialog = ({ chat: { serviceId, participants }, onClose, onNext }: ChatDialogProps): VNode => {
  const session = useSession();
  return (
    <FormDialog
      title="Leave the chat?"
      submit="Leave"
      submitTestId="leave-confirm"
      onClose={onClose}
      onSubmit={() => {
        session.send({ serviceId, label: 'Leave', path: 'leave' });
        onNext('disposition');
      }}
    >
      <p>
        {participants.length > 1 ? 'The others go on without you.' : 'You are the only agent: the chat ends with you.'}
      </p>
    </FormDialog>
  );
};

const EndDialog = ({ chat, onClose, onNext }: ChatDialogProps): VNode => {
  const session = useSession();
  return (
    <FormDialog
      title="End the chat?"
      submit="End"
      submitTestId="end-confirm"
      isDangerous
      onClose={onClose}
      onSubmit={() => {
        session.send({ serviceId: chat.serviceId, label: 'End', path: 'end' });
        onNext('disposition');
      }}
    >
      <p>
        It ends for everybody, <Name name={customerName(chat)} /> included.
      </p>
    </FormDialog>
  );
};

const DispositionDialog = ({ chat, lists, onClose }: ChatDialogProps): VNode => {
  const session = useSession();
  const [code, setCode] = useState(chat.disposition?.code ?? '');
  const [note, setNote] = useState(chat.disposition?.note ?? '');
  return (
    <FormDialog
      title="What came of the chat?"
      submit="Save"
      submitTestId="disposition-save"
      onClose={onClose}
      onSubmit={() => {
        if (code === '') return;
        const body = note.trim() === '' ? { code } : { code, note: note.trim() };
        session.send({ serviceId: chat.serviceId, label: 'Outcome', path: 'disposition', body });
        onClose();
      }}
    >
      <label class="field">
        <span>Outcome</span>
        <select
          required
          autofocus
          value={code}
          data-testid="disposition-code"
          onChange={(event) => {
            setCode(event.currentTarget.value);
          }}
        >
          <option value="">Choose …</option>
          {lists.dispositions.map((disposition) => (
            <option key={disposition.code} value={disposition.code}>
              {disposition.label}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Note (optional)</span>
        <textarea
          rows={3}
          maxLength={2000}
          dir="auto"
          value={note}
          data-testid="disposition-note"
          onInput={(event) => {
            setNote(event.currentTarget.value);
          }}
        />
      </label>
    </FormDialog>
  );
};
