import type { Recorded } from '../recorded.js';
import type { Agent, ServiceCommand } from '../service/service-command.js';
import type { ServiceEvent } from '../service/service-event.js';

/** What the robot agent has to know of a service to go on with it: nothing but its events. */
export interface RobotState {
  readonly chat: 'none' | 'live' | 'ended';
  /** The offer that it has not accepted yet. */
  readonly offered: string | null;
  readonly hasJoined: boolean;
  readonly hasLeft: boolean;
  /** Customer messages that are not answered yet, oldest first. */
  readonly unanswered: readonly { readonly position: number; readonly text: string; readonly isTyping: boolean }[];
}

/** One append of the robot: commands that belong together, under an id that is the same however often it is tried. */
export interface RobotStep {
  readonly commandId: string;
  readonly commands: readonly ServiceCommand[];
}

const PUSHED_URL = 'https://www.example.com/';

/**
 * The robot agent of demos, load tests and the first minute, as a process manager: it looks at the events of a service
 * and says which agent commands come next. Steps are idempotent, so it may look as often as it likes.
 */
export const createRobotAgent = (agent: Agent) => {
  const answerId = (step: string, position: number): string => `${agent.agentId}:${step}:${position}`;

  const initialState = (): RobotState => ({
    chat: 'none',
    offered: null,
    hasJoined: false,
    hasLeft: false,
    unanswered: [],
  });

  const evolve = (state: RobotState, { event, position, commandId }: Recorded<ServiceEvent>): RobotState => {
    switch (event.type) {
      case 'AgentOffered':
        return { ...state, offered: event.agentId === agent.agentId ? event.token : null };
      case 'OfferEnded':
        return { ...state, offered: null };
      case 'ChatStarted':
        return { ...state, chat: 'live' };
      case 'ParticipantJoined':
        return event.participantId === agent.agentId
          ? { ...state, hasJoined: true, hasLeft: false, offered: null }
          : state;
      case 'ParticipantLeft':
        return event.participantId === agent.agentId ? { ...state, hasLeft: true } : state;
      case 'TypingStarted':
        return {
          ...state,
          unanswered: state.unanswered.map((message) =>
            commandId === answerId('typing', message.position) ? { ...message, isTyping: true } : message,
          ),
        };
      case 'MessageSent':
        if (event.party === 'CLIENT') {
          return { ...state, unanswered: [...state.unanswered, { position, text: event.text, isTyping: false }] };
        }
        return {
          ...state,
          unanswered: state.unanswered.filter((message) => commandId !== answerId('echo', message.position)),
        };
      case 'ChatEnded':
      case 'ServiceExpired':
      case 'ServiceDeleted':
        return { ...state, chat: 'ended', unanswered: [] };
      default:
        return state;
    }
  };

  const decide = (state: RobotState, atMs: number): RobotStep | undefined => {
    if (state.chat !== 'live') return undefined;
    if (state.offered !== null) {
      const token = state.offered;
      return { commandId: `${agent.agentId}:accept:${token}`, commands: [{ type: 'AcceptOffer', by: agent, token }] };
    }
    if (!state.hasJoined || state.hasLeft) return undefined;
    const message = state.unanswered[0];
    if (message === undefined) return undefined;
    if (!message.isTyping) {
      return {
        commandId: answerId('typing', message.position),
        // Should it count as typing already, it stops first: every answer shows its own start of typing.
        commands: [
          { type: 'StopTyping', by: agent },
          { type: 'StartTyping', by: agent, atMs },
        ],
      };
    }
    const commands: ServiceCommand[] = [
      { type: 'StopTyping', by: agent },
      { type: 'SendMessage', by: agent, text: `echo: ${message.text}`, atMs },
    ];
    if (message.text === 'push me a url') commands.push({ type: 'PushUrl', by: agent, url: PUSHED_URL });
    if (message.text === 'bye') commands.push({ type: 'Leave', by: agent });
    return { commandId: answerId('echo', message.position), commands };
  };

  return { initialState, evolve, decide };
};

export type RobotAgent = ReturnType<typeof createRobotAgent>;
