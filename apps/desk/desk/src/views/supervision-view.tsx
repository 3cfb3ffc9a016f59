import type { ComponentChildren, VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { LiveChat, Queue, Seat } from '../api/shapes.js';
import { counted, customerName, presenceName, requirementName, skillNames } from '../text/names.js';
import { duration } from '../text/times.js';
import { useSession } from './desk-context.js';
import { Elapsed, WaitTimer } from './elapsed.js';
import { usePolled } from './polled.js';
import { Name } from './user-text.js';

const CHATS_MAX = 200;

/** What goes on, for those who watch over it. */
export const SupervisionView = ({ offsetMs }: { readonly offsetMs: number }): VNode => (
  <div class="supervision" data-testid="supervision">
    <LiveChats offsetMs={offsetMs} />
    <Queues />
    <Seats offsetMs={offsetMs} />
    <OpenById />
  </div>
);

interface SectionProps {
  readonly title: string;
  readonly count: number | undefined;
  readonly problem: string | null;
  readonly children: ComponentChildren;
}

const Section = ({ title, count, problem, children }: SectionProps): VNode => (
  <section class="board" aria-label={title}>
    <h2>
      {title} {count !== undefined && <span class="muted">{count}</span>}
    </h2>
    {problem !== null && (
      <p class="problem" role="status">
        Not up to date: {problem}
      </p>
    )}
    {count === undefined ? <p class="muted">Loading …</p> : count === 0 ? <p class="muted">None.</p> : children}
  </section>
);

interface TableProps {
  readonly label: string;
  readonly columns: readonly string[];
  readonly children: ComponentChildren;
}

const Table = ({ label, columns, children }: TableProps): VNode => (
  <div class="table-box" role="region" aria-label={`${label}, table`} tabIndex={0}>
    <table aria-label={label}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </div>
);

const LiveChats = ({ offsetMs }: { readonly offsetMs: number }): VNode => {
  const { value, problem } = usePolled<{ readonly chats: readonly LiveChat[]; readonly hasMore: boolean }>(
    `/supervision/chats?limit=${CHATS_MAX}`,
  );
  return (
    <Section title="Live chats" count={value?.chats.length} problem={problem}>
      <Table label="Live chats" columns={['Customer', 'Service', 'Since', 'Waiting', 'Agents', 'Messages', 'Do']}>
        {value?.chats.map((chat) => (
          <LiveChatRow key={chat.serviceId} chat={chat} offsetMs={offsetMs} />
        ))}
      </Table>
      {value?.hasMore === true && <p class="muted">Only the first {CHATS_MAX} are shown.</p>}
    </Section>
  );
};

const LiveChatRow = ({ chat, offsetMs }: { readonly chat: LiveChat; readonly offsetMs: number }): VNode => {
  const session = useSession();
  const { serviceId, nickname, name, state, startedAt, requestedAt, waitingSince, agents, messages } = chat;
  const who = customerName({ nickname });
  return (
    <tr data-testid="live-chat" data-service-id={serviceId}>
      <td>
        <Name name={who} /> {chat.isCustomerAway && <span class="tag tag--warn">Away</span>}
      </td>
      <td>
        {name} {state === 'waiting' && <span class="tag">Not begun</span>}
      </td>
      <td>
        <Elapsed since={startedAt ?? requestedAt} offsetMs={offsetMs} />
      </td>
      <td>{waitingSince === null ? '–' : <WaitTimer since={waitingSince} offsetMs={offsetMs} />}</td>
      <td>
        {agents.length === 0 ? 'nobody' : agents.map((agent) => <Name key={agent.agentId} name={agent.nickname} />)}
      </td>
      <td class="number">{messages}</td>
      <td class="row-actions">
        {state === 'live' && (
          <button
            type="button"
            class="button button--small"
            aria-label={`Read along with ${who}`}
            data-testid="watch"
            onClick={() => {
              void session.watch(serviceId);
            }}
          >
            Read along
          </button>
        )}
        <button
          type="button"
          class="button button--small"
          aria-label={`History of the chat with ${who}`}
          data-testid="travel"
          onClick={() => {
            session.store.dispatch({ type: 'TimeTravelled', travel: { serviceId } });
          }}
        >
          History
        </button>
      </td>
    </tr>
  );
};

const Queues = (): VNode => {
  const { value, problem } = usePolled<{ readonly queues: readonly Queue[] }>('/supervision/queues');
  return (
    <Section title="Queues" count={value?.queues.length} problem={problem}>
      <Table label="Queues" columns={['For', 'Waiting', 'Longest', 'Ready agents']}>
        {value?.queues.map(({ requirement, waiting, longestWaitS, agentsReady }) => (
          <tr key={requirement} data-testid="queue">
            <td>
              <bdi>{requirementName(requirement)}</bdi>
            </td>
            <td class="number">{waiting}</td>
            <td class="number">{duration(longestWaitS * 1_000)}</td>
            <td class="number">{agentsReady}</td>
          </tr>
        ))}
      </Table>
    </Section>
  );
};

const Seats = ({ offsetMs }: { readonly offsetMs: number }): VNode => {
  const { value, problem } = usePolled<{ readonly agents: readonly Seat[] }>('/supervision/agents');
  const ready = value?.agents.filter(({ presence }) => presence === 'ready').length ?? 0;
  return (
    <Section title="Agents" count={value?.agents.length} problem={problem}>
      <p class="muted">{counted(ready, 'agent')} ready</p>
      <Table label="Agents" columns={['Agent', 'Presence', 'Since', 'Chats', 'Skills']}>
        {value?.agents.map(({ id, nickname, presence, reason, since, chats, capacity, skills }) => (
          <tr key={id} data-testid="seat">
            <td>
              <Name name={nickname} />
            </td>
            <td>
              <span aria-hidden="true">{presence === 'ready' ? '●' : '○'}</span> {presenceName(presence)}
              {reason === null ? '' : `: ${reason}`}
            </td>
            <td>{since === null ? '–' : <Elapsed since={since} offsetMs={offsetMs} />}</td>
            <td class="number">
              {chats} of {capacity}
            </td>
            <td>{skillNames(skills)}</td>
          </tr>
        ))}
      </Table>
    </Section>
  );
};

/** A chat that is over is in no list; whoever has its id may look at it. */
const OpenById = (): VNode => {
  const { store } = useSession();
  const [id, setId] = useState('');
  return (
    <section class="board" aria-label="Any chat">
      <h2>Any chat</h2>
      <form
        class="inline-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (id.trim() !== '') store.dispatch({ type: 'TimeTravelled', travel: { serviceId: id.trim() } });
        }}
      >
        <label class="field">
          <span>Id of its service</span>
          <input
            type="text"
            spellcheck={false}
            value={id}
            data-testid="travel-id"
            onInput={(event) => {
              setId(event.currentTarget.value);
            }}
          />
        </label>
        <button type="submit" class="button" data-testid="travel-open">
          Open its history
        </button>
      </form>
    </section>
  );
};
