// The advanced chat of the v1 API: POST /genesys/1/service/advanced-chat-poll.
//
// The application creates the service and asks for its status until an agent is available; then it starts the chat.
// Copy this file under another name to make a service of your own: docs/service-logic.md shows how.
//
//   new ─▶ waiting ⇄ available ─▶ chatting ─▶ survey ─▶ over
//     └──▶ closed (outside of business hours)

/** The chat needs an agent with the skill that the application asks for, and any agent when it asks for none. */
const skillsOf = (data) => {
  const skill = data._skill ?? data.skill ?? '';
  // What customers send is never to be trusted: a skill that cannot exist would be refused by the server.
  return /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/.test(skill) ? { [skill]: 1 } : {};
};

export default ({ setup, assign }) =>
  setup({
    actions: {
      // An input with data brings all that the service has been given so far.
      keepData: assign({ data: ({ event }) => event.data }),
    },
    guards: {
      isOpen: ({ event }) => event.isOpen,
    },
  }).createMachine({
    context: { data: {} },
    // Data may come at any time; a state that has more to do with it says so itself.
    on: { data: { actions: 'keepData' } },
    initial: 'new',
    states: {
      new: {
        on: {
          requested: [
            { guard: 'isOpen', target: 'waiting', actions: 'keepData' },
            { target: 'closed', actions: 'keepData' },
          ],
        },
      },

      // Nobody is there to chat with. A customer who asks again during business hours is let in.
      closed: {
        entry: { type: 'setStatus', params: { status: 'closed', dialog: 'closed.html' } },
        on: {
          data: [{ guard: 'isOpen', target: 'waiting', actions: 'keepData' }, { actions: 'keepData' }],
        },
      },

      // An agent is looked for.
      waiting: {
        entry: [
          { type: 'setStatus', params: { status: 'waiting', dialog: 'waiting_for_agent.html' } },
          { type: 'route', params: ({ context }) => ({ skills: skillsOf(context.data) }) },
        ],
        on: { agentReserved: 'available' },
      },

      // An agent is held for this customer until he starts the chat, or takes too long.
      available: {
        entry: { type: 'setStatus', params: { status: 'available', dialog: 'agent_available.html' } },
        on: { agentGone: 'waiting', chatStarted: 'chatting' },
      },

      chatting: {
        entry: { type: 'setStatus', params: { status: 'chatting' } },
        on: { chatEnded: 'survey' },
      },

      // The form after the chat is answered by data, or not at all.
      survey: {
        entry: [
          { type: 'setStatus', params: { status: 'completed', dialog: 'post_chat.html' } },
          { type: 'setDeadline', params: { name: 'survey', afterS: 600 } },
        ],
        exit: { type: 'clearDeadline', params: { name: 'survey' } },
        on: {
          data: { target: 'over', actions: 'keepData' },
          deadline: 'over',
        },
      },

      over: {
        entry: { type: 'setStatus', params: { status: 'completed', dialog: 'thank_you.html' } },
      },
    },
  });
