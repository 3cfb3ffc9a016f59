import fc from 'fast-check';
import { BEFORE_FIRST, type Recorded, recordEvents } from '../recorded.js';
import type { ServiceCommand } from '../service/service-command.js';
import { createServiceDecider } from '../service/service-decider.js';
import { ANYBODY } from '../routing/routing-need.js';
import { findCommand } from '../service/command-record.js';
import type { ServiceEvent } from '../service/service-event.js';
import type { ServiceState } from '../service/service-state.js';
import { TIMEOUTS } from '../testing/given.js';
import { createRobotAgent } from './robot-agent.js';

const decider = createServiceDecider({ messagesPer10S: 1_000, messagesPerChat: 1_000 });
const robot = createRobotAgent({ agentId: 'robot', nickname: 'Robot' });
const human = { agentId: 'a1', nickname: 'Kate' };

/** A chat whose stream the robot looks at: its steps go through the rules, as those of any agent. */
class Chat {
  readonly recorded: Recorded<ServiceEvent>[] = [];
  private state: ServiceState = decider.initialState();
  private commands = 0;

  constructor() {
    this.execute({ type: 'RequestService', name: 'x', kind: 'basic', timeouts: TIMEOUTS, businessData: {} });
    const keys = { sessionId: 'S', userId: 'U', secureKey: 'K' };
    this.execute({ type: 'StartChat', ...keys, nickname: 'VasyaP', attachedData: {}, need: ANYBODY });
    this.execute({ type: 'Reserve', agent: { agentId: 'robot', nickname: 'Robot' }, token: 't' });
  }

  execute(...commands: readonly ServiceCommand[]): void {
    this.append(`customer-${(this.commands += 1)}`, commands);
  }

  say(text: string): void {
    this.execute({ type: 'SendMessage', by: 'customer', text, atMs: 0 });
  }

  /** Takes the one step that a robot would take which has seen so many events; undefined when it has nothing to do. */
  lookAt(seen: number): string | undefined {
    const step = robot.decide(this.recorded.slice(0, seen).reduce(robot.evolve, robot.initialState()), 0);
    if (step !== undefined) this.append(step.commandId, step.commands);
    return step?.commandId;
  }

  /** The robot does all there is to do. */
  settle(): void {
    let looks = 0;
    while (this.lookAt(this.recorded.length) !== undefined) {
      looks += 1;
      if (looks > 200) throw new Error('the robot never comes to rest');
    }
  }

  get lines(): readonly string[] {
    return this.recorded.flatMap(({ event }) => {
      if (!('participantId' in event)) return [];
      const text = 'text' in event ? event.text : 'url' in event ? event.url : '';
      return [`${event.type} ${event.nickname} ${text}`.trim()];
    });
  }

  get isOver(): boolean {
    return this.recorded.some(({ event }) => event.type === 'ChatEnded');
  }

  /** As the repository does it: a command whose id is known is not carried out again, a refused one leaves nothing. */
  private append(commandId: string, commands: readonly ServiceCommand[]): void {
    if (this.state.status === 'open' && findCommand(this.state.commands, commandId) !== undefined) return;
    let state = this.state;
    const events: Recorded<ServiceEvent>[] = [];
    const context = { atMs: 0, commandId, verbose: false };
    try {
      for (const command of commands) {
        const last = events.at(-1) ?? this.recorded.at(-1) ?? BEFORE_FIRST;
        const more = recordEvents(last, decider.decide(command, state), decider.isPositioned, context);
        state = more.reduce(decider.evolve, state);
        events.push(...more);
      }
    } catch (error) {
      if (error instanceof Error && error.name === 'DomainError') return;
      throw error;
    }
    this.state = state;
    this.recorded.push(...events);
  }
}

const answersTo = (text: string): readonly string[] => [
  'TypingStarted Robot',
  'TypingStopped Robot',
  `MessageSent Robot echo: ${text}`,
];

describe('a chat with the robot agent', () => {
  it('has every text echoed, and a URL pushed on demand', () => {
    const chat = new Chat();
    chat.settle();
    chat.say('hi');
    chat.settle();
    chat.say('push me a url');
    chat.settle();
    expect(chat.lines).toEqual([
      'ParticipantJoined Robot',
      'MessageSent VasyaP hi',
      ...answersTo('hi'),
      'MessageSent VasyaP push me a url',
      ...answersTo('push me a url'),
      'UrlPushed Robot https://www.example.com/',
    ]);
  });

  it('ends with bye, after the echo', () => {
    const chat = new Chat();
    chat.settle();
    chat.say('bye');
    chat.settle();
    expect(chat.lines.slice(-3)).toEqual([
      'TypingStopped Robot',
      'MessageSent Robot echo: bye',
      'ParticipantLeft Robot',
    ]);
    expect(chat.recorded.at(-1)?.event).toEqual({ type: 'ChatEnded', reason: 'agent' });
  });

  it('goes on after bye when another agent is there', () => {
    const chat = new Chat();
    chat.settle();
    chat.execute({ type: 'Join', by: human });
    chat.say('bye');
    chat.settle();
    chat.say('still here');
    chat.settle();
    expect(chat.isOver).toBe(false);
    expect(chat.lines.slice(-2)).toEqual(['ParticipantLeft Robot', 'MessageSent VasyaP still here']);
  });

  it('answers what was said before it joined', () => {
    const chat = new Chat();
    chat.say('anybody?');
    chat.settle();
    expect(chat.lines.slice(1)).toEqual(['ParticipantJoined Robot', ...answersTo('anybody?')]);
  });

  it('has each text echoed once and in order, however often and however late robots look', () => {
    const anyText = fc.constantFrom('a', 'b', 'push me a url', 'echo: a');
    const anyLook = fc.nat(100).map((percent) => ({ percent }));
    fc.assert(
      fc.property(fc.array(fc.oneof(anyText, anyLook), { maxLength: 40 }), (steps) => {
        const chat = new Chat();
        for (const step of steps) {
          if (typeof step === 'string') chat.say(step);
          // Another robot sees as much of the stream as it has got by now.
          else chat.lookAt(Math.ceil((chat.recorded.length * step.percent) / 100));
        }
        chat.settle();
        const said = steps.filter((step) => typeof step === 'string');
        const echoed = chat.lines.filter((line) => line.startsWith('MessageSent Robot '));
        expect(echoed).toEqual(said.map((text) => `MessageSent Robot echo: ${text}`));
        expect(chat.lines.filter((line) => line.startsWith('ParticipantJoined'))).toHaveLength(1);
        expect(chat.lines.filter((line) => line.startsWith('UrlPushed'))).toHaveLength(
          said.filter((text) => text === 'push me a url').length,
        );
      }),
    );
  });
});
