import type { OpenService } from '@app/domain';
import { retryUntil } from '@app/redis';
import { CommandFailure } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { type StoreAccess, withStore } from '../store/store-access.js';

const STATES = ['waiting', 'chatting', 'ended'] as const;
type ServiceKindOfState = (typeof STATES)[number];

const USAGE = `services: expected nothing, --state ${STATES.join('|')} or --json`;

interface Line {
  readonly serviceId: string;
  readonly name: string;
  readonly state: ServiceKindOfState;
  readonly requestedAt: string;
  readonly positions: number;
  readonly agents: readonly string[];
}

/** Services that are looked at at the same time. */
const PARALLEL = 32;

const stateOf = ({ chat }: OpenService): ServiceKindOfState => {
  if (chat === null) return 'waiting';
  return chat.ended === null ? 'chatting' : 'ended';
};

/** `services [--state …] [--json]`: what is alive in the store. Who the customers are is not shown. */
export const services = (args: readonly string[]): Promise<number> => {
  const isJson = args.includes('--json');
  const rest = args.filter((arg) => arg !== '--json');
  const wanted = rest[0] === '--state' && rest.length === 2 ? STATES.find((state) => state === rest[1]) : undefined;
  if (rest.length > 0 && wanted === undefined) throw new CommandFailure(USAGE, exitCode.usage);
  return withStore(async (store) => {
    let count = 0;
    for await (const line of lines(store)) {
      if (wanted !== undefined && line.state !== wanted) continue;
      count += 1;
      process.stdout.write(isJson ? `${JSON.stringify(line)}\n` : `${shown(line)}\n`);
    }
    if (!isJson) process.stdout.write(`${count} services.\n`);
    return exitCode.ok;
  });
};

const shown = ({ requestedAt, serviceId, state, name, positions, agents }: Line): string =>
  `${requestedAt}  ${serviceId}  ${state.padEnd(8)} ${name}  ${positions} positions${agents.length === 0 ? '' : `, with ${agents.join(', ')}`}`;

/** Partition by partition, oldest first in each. */
const lines = async function* ({ redis, keys, repository, settings }: StoreAccess): AsyncGenerator<Line> {
  const lineOf = async (serviceId: string): Promise<Line | undefined> => {
    const view = await repository.view(serviceId);
    if (view?.state.status !== 'open') return undefined;
    const { name, requestedAtMs, chat } = view.state;
    return {
      ...{ serviceId, name, state: stateOf(view.state), positions: view.last.position },
      requestedAt: new Date(requestedAtMs).toISOString(),
      agents: chat === null ? [] : chat.agents.map(({ participantId }) => participantId),
    };
  };
  for (let partition = 0; partition < keys.partitions; partition += 1) {
    const ids = await retryUntil(() => redis.zrange(keys.live(partition), 0, -1), settings.requestDeadlineMs);
    for (let at = 0; at < ids.length; at += PARALLEL) {
      for (const line of await Promise.all(ids.slice(at, at + PARALLEL).map(lineOf))) {
        if (line !== undefined) yield line;
      }
    }
  }
};
