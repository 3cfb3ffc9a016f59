import { useState } from 'preact/hooks';
import type { Plan } from './chat-session.js';
import { rowsIn, textOf } from './data-rows.js';

/** A user of whom nobody has heard: each tab is another customer. */
const someUser = (): string => `demo-${Math.floor(performance.timeOrigin).toString(36)}`;

const DEVICES = ['', 'ios', 'android', 'customhttp', 'httpcb'] as const;

export interface StartFormProps {
  /** What was chosen the last time. */
  readonly initial: Plan | undefined;
  readonly onStart: (plan: Plan) => void;
}

/** What a customer fills in before the chat, and what a developer may want to try. */
export const StartForm = ({ initial, onStart }: StartFormProps) => {
  const [user] = useState(someUser);
  const [mode, setMode] = useState<Plan['mode']>(initial?.mode ?? 'poll');
  const [deviceOs, setDeviceOs] = useState(initial?.deviceOs ?? '');
  const [service, setService] = useState<Plan['service']>(initial?.service ?? 'request-chat');
  // As it was at first: what a person opens or closes afterwards is hers.
  const [hasMore] = useState(deviceOs !== '' || Object.keys(initial?.data ?? {}).length > 0);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string): string => {
      const value = form.get(name);
      return typeof value === 'string' ? value.trim() : '';
    };
    onStart({
      name: text('name'),
      subject: text('subject'),
      user: text('user'),
      mode,
      service,
      deviceOs,
      deviceId: text('deviceId'),
      data: rowsIn(text('data')),
    });
  };
  return (
    <form class="start" onSubmit={submit}>
      <label>
        Your name
        <input
          name="name"
          data-testid="name"
          defaultValue={initial?.name ?? 'Vasya Pupkin'}
          autocomplete="off"
          maxLength={100}
        />
      </label>
      <label>
        Subject
        <input name="subject" defaultValue={initial?.subject ?? 'A question'} autocomplete="off" maxLength={100} />
      </label>
      <label>
        gms_user
        <input
          name="user"
          data-testid="user"
          defaultValue={initial?.user ?? user}
          autocomplete="off"
          // Goes into a header.
          pattern="[ -~]*"
          title="Letters, digits and signs of ASCII"
          required={mode === 'comet'}
          maxLength={200}
        />
      </label>
      <label>
        How the application hears
        <select
          name="mode"
          data-testid="mode"
          value={mode}
          onChange={({ currentTarget: { value } }) => {
            setMode(value === 'comet' ? 'comet' : 'poll');
          }}
        >
          <option value="poll">by polling</option>
          <option value="comet">over CometD</option>
        </select>
      </label>
      <label>
        Service
        <select
          name="service"
          data-testid="service"
          value={service}
          onChange={({ currentTarget: { value } }) => {
            setService(value === 'advanced-chat-poll' ? value : 'request-chat');
          }}
        >
          <option value="request-chat">request-chat (basic)</option>
          <option value="advanced-chat-poll">advanced-chat-poll (advanced)</option>
        </select>
      </label>
      <details open={hasMore}>
        <summary>More</summary>
        <label>
          Device
          <select
            name="deviceOs"
            data-testid="device-os"
            value={deviceOs}
            onChange={({ currentTarget: { value } }) => {
              setDeviceOs(value);
            }}
          >
            {DEVICES.map((os) => (
              <option key={os} value={os}>
                {os === '' ? 'none' : os}
              </option>
            ))}
          </select>
        </label>
        <label>
          Device id
          <input
            name="deviceId"
            data-testid="device-id"
            defaultValue={initial?.deviceId ?? ''}
            autocomplete="off"
            required={deviceOs !== ''}
            onInvalid={({ currentTarget }) => {
              // A browser complains only where it can be seen.
              currentTarget.closest('details')?.setAttribute('open', '');
            }}
            maxLength={500}
          />
        </label>
        <label>
          Attached data, one name=value a line
          <textarea name="data" rows={3} defaultValue={textOf(initial?.data ?? {})} />
        </label>
      </details>
      <button type="submit" class="main" data-testid="start">
        Start the chat
      </button>
    </form>
  );
};
