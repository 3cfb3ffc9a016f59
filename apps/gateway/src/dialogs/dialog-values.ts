import type { OpenService } from '@app/domain';
import type { QueuePosition, ShownStatus } from '@app/wire';

/** What a dialog may say of its service. */
export interface DialogSubject {
  readonly serviceId: string;
  readonly service: OpenService;
  /** Of an advanced service. */
  readonly shown: ShownStatus | undefined;
  /** Where it is asked for. */
  readonly queue: QueuePosition | undefined;
}

const QUEUE_NAMES = ['_position', '_eta', '_eta_minutes', '_total_waiting'];

/** Whether a dialog with these names wants to know about the queue, which costs a look of its own. */
export const asksForQueue = (names: ReadonlySet<string>): boolean => QUEUE_NAMES.some((name) => names.has(name));

/** The agent who is held for the customer, or with him. */
const agentOf = ({ routing, chat }: OpenService): string | undefined =>
  chat?.agents[0]?.nickname ?? (routing === null || routing.phase === 'waiting' ? undefined : routing.held.nickname);

/** A number that says nothing when it is nought. */
const numeral = (value: number): string | undefined => (value > 0 ? String(value) : undefined);

const queueValues = ({
  position,
  etaS,
  totalWaiting,
}: QueuePosition): Readonly<Record<string, string | undefined>> => ({
  _position: numeral(position),
  _eta: numeral(etaS),
  _eta_minutes: numeral(Math.ceil(etaS / 60)),
  _total_waiting: numeral(totalWaiting),
});

/** What can be filled in without a service. */
export const commonValues = (nowMs: number): ReadonlyMap<string, string> =>
  new Map([['_now', new Date(nowMs).toISOString()]]);

/** What can be filled in: all data of the service, and ours, which no data can take the place of. */
export const dialogValues = (
  { serviceId, service, shown, queue }: DialogSubject,
  nowMs: number,
): ReadonlyMap<string, string> => {
  const own = {
    _id: serviceId,
    _status: shown?.status,
    _dialog: shown?.dialog,
    _agent: agentOf(service),
    ...(queue === undefined ? {} : queueValues(queue)),
  };
  const data = new Map([...Object.entries(service.businessData), ...Object.entries(service.chat?.attachedData ?? {})]);
  for (const name of [...Object.keys(own), ...QUEUE_NAMES]) data.delete(name);
  for (const [name, value] of [...commonValues(nowMs), ...Object.entries(own)]) {
    if (value !== undefined) data.set(name, value);
  }
  return data;
};
