// A chat with a form before it and a survey after it, in which the best customers go first.
//
//   new ─▶ form ─▶ waiting ⇄ available ─▶ chatting ─▶ survey ─▶ completed
//            └───▶ closed (the form was sent outside of business hours)
//
// It shows what a logic can decide by business data: the application sends `tier` when it creates the service, the
// customer sends `name` and `topic` with the form, and `rating` with the survey.

const GOLD_PRIORITY = 50;
const SURVEY_S = 600;

/** Topics that agents are trained for; the form offers them, and anything else goes to everybody. */
const SKILL_OF_TOPIC = { billing: 'billing', orders: 'orders', technical: 'technical' };

/** What the chat needs of an agent. Each stage counts when the customer has waited so long, instead of the one before. */
const needOf = ({ tier, topic }) => {
  if (tier === 'gold') {
    return {
      priority: GOLD_PRIORITY,
      stages: [
        { afterS: 0, skills: { vip: 1 } },
        { afterS: 30, skills: {} },
      ],
    };
  }
  if (!Object.hasOwn(SKILL_OF_TOPIC, topic)) return { skills: {} };
  const skill = SKILL_OF_TOPIC[topic];
  return {
    stages: [
      // At first somebody who knows the topic well, then anybody who knows it, then anybody.
      { afterS: 0, skills: { [skill]: 5 } },
      { afterS: 30, skills: { [skill]: 1 } },
      { afterS: 90, skills: {} },
    ],
  };
};

const hasText = (value) => typeof value === 'string' && value.trim() !== '';

export default ({ setup, assign, and }) =>
  setup({
    actions: {
      keepData: assign({ data: ({ event }) => event.data }),
    },
    guards: {
      isOpen: ({ event }) => event.isOpen,
      isFilled: ({ event }) => hasText(event.data.name) && hasText(event.data.topic),
      isRated: ({ event }) => hasText(event.data.rating),
      isSurvey: ({ event }) => event.name === 'survey',
    },
  }).createMachine({
    context: { data: {} },
    on: { data: { actions: 'keepData' } },
    initial: 'new',
    states: {
      // An application that knows the customer sends name and topic at once: then there is no form.
      new: {
        on: {
          requested: [
            { guard: and(['isFilled', 'isOpen']), target: 'waiting', actions: 'keepData' },
            { guard: 'isFilled', target: 'closed', actions: 'keepData' },
            { target: 'form', actions: 'keepData' },
          ],
        },
      },

      form: {
        entry: { type: 'setStatus', params: { status: 'form', dialog: 'pre_chat_form.html' } },
        on: {
          data: [
            { guard: and(['isFilled', 'isOpen']), target: 'waiting', actions: 'keepData' },
            { guard: 'isFilled', target: 'closed', actions: 'keepData' },
            // Something is missing: the form stays.
            { actions: 'keepData' },
          ],
        },
      },

      closed: {
        entry: { type: 'setStatus', params: { status: 'closed', dialog: 'closed.html' } },
        on: {
          data: [{ guard: 'isOpen', target: 'waiting', actions: 'keepData' }, { actions: 'keepData' }],
        },
      },

      waiting: {
        entry: [
          { type: 'setStatus', params: { status: 'waiting', dialog: 'waiting_for_agent.html' } },
          { type: 'route', params: ({ context }) => needOf(context.data) },
        ],
        on: { agentReserved: 'available' },
      },

      available: {
        entry: { type: 'setStatus', params: { status: 'available', dialog: 'agent_available.html' } },
        on: { agentGone: 'waiting', chatStarted: 'chatting' },
      },

      chatting: {
        entry: { type: 'setStatus', params: { status: 'chatting' } },
        on: { chatEnded: 'survey' },
      },

      // Waits for a rating, but not for ever.
      survey: {
        entry: [
          { type: 'setStatus', params: { status: 'survey', dialog: 'survey.html' } },
          { type: 'setDeadline', params: { name: 'survey', afterS: SURVEY_S } },
        ],
        exit: { type: 'clearDeadline', params: { name: 'survey' } },
        on: {
          data: [{ guard: 'isRated', target: 'completed', actions: 'keepData' }, { actions: 'keepData' }],
          deadline: { guard: 'isSurvey', target: 'completed' },
        },
      },

      completed: {
        entry: { type: 'setStatus', params: { status: 'completed', dialog: 'thank_you.html' } },
      },
    },
  });
