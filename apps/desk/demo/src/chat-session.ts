import type { Batch } from './transcript.js';
import type { Form } from './v1-client.js';

/** What the person at the form chose. */
export interface Plan {
  readonly name: string;
  readonly subject: string;
  /** `gms_user` */
  readonly user: string;
  readonly mode: 'poll' | 'comet';
  readonly service: 'request-chat' | 'advanced-chat-poll';
  readonly deviceOs: string;
  readonly deviceId: string;
  /** More attached data. */
  readonly data: Form;
}

/** What a session tells the page. */
export interface SessionListener {
  /** A sentence on how things stand. */
  readonly stands: (text: string, isTrouble?: boolean) => void;
  /** The service exists, and with `isStarted` its chat does: what a reload needs. */
  readonly reached: (serviceId: string, isStarted: boolean) => void;
  readonly told: (batch: Batch) => void;
  /** There is nothing more to come. */
  readonly over: (why: string) => void;
}

/** A chat, whichever way it is told of. */
export interface ChatSession {
  /** Creates the service, waits for an agent where there is something to wait for, and starts the chat. */
  start(): Promise<void>;
  /** Goes on after a reload, with everything since the beginning. */
  resume(serviceId: string, isStarted: boolean): Promise<void>;
  /** Resolves when the server has taken the text. */
  send(text: string): Promise<void>;
  typing(isTyping: boolean): Promise<void>;
  end(): Promise<void>;
  /** The application goes to the background after a position; undefined where there is no such thing. */
  readonly leave?: (position: number) => void;
  readonly comeBack?: () => void;
  /** Lets go of timers, of connections, and of a service whose chat has not started: no agent shall wait for nobody. */
  close(): void;
}

/** Fields of `ixn/chat`. */
export const chatForm = ({ name, subject, data, service }: Plan): Form => {
  const [firstName = '', ...rest] = name.trim().split(/\s+/);
  const lastName = rest.join(' ');
  return {
    ...(service === 'request-chat' ? data : {}),
    ...(firstName === '' ? {} : { firstName }),
    ...(lastName === '' ? {} : { lastName }),
    ...(subject === '' ? {} : { subject }),
  };
};

/** Fields of the creation of the service. The logic of an advanced service looks for an agent by the data that come here. */
export const serviceForm = ({ deviceOs, deviceId, service, mode, data }: Plan): Form => {
  const isAdvanced = service === 'advanced-chat-poll';
  const device = ((): Form => {
    if (deviceOs !== '') return { _device_os: deviceOs, _device_notification_id: deviceId };
    // Statuses come over CometD to whoever asks for it so.
    return isAdvanced && mode === 'comet' ? { _device_os: 'comet' } : {};
  })();
  return { ...(isAdvanced ? data : {}), ...device };
};
