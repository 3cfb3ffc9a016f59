import fc from 'fast-check';

/** Users of a walk, or somebody who does not say who he is. */
export type Who = 'ann' | 'bob' | 'nobody';
export type Gateway = 0 | 1;

/** What is done, and with what; a step that makes no sense where it stands is passed over. */
export interface Step {
  readonly does:
    | 'nothing'
    | 'create'
    | 'start'
    | 'start in CometD mode'
    | 'send'
    | 'send again'
    | 'refresh'
    | 'refresh from'
    | 'refresh with a message'
    | 'start typing'
    | 'stop typing'
    | 'disconnect'
    | 'delete'
    | 'time to live passes'
    | 'silence passes'
    | 'absence passes'
    | 'agent joins'
    | 'agent says'
    | 'agent types'
    | 'agent leaves'
    | 'store'
    | 'look up'
    | 'look all up'
    | 'forget'
    | 'forget all'
    | 'shake hands'
    | 'connect'
    | 'catch up'
    | 'go to the background';
  readonly who: Who;
  readonly at: Gateway;
  /** Which service, modulo those that there are. */
  readonly service: number;
  readonly text: string;
  readonly position: number;
  /** The command names itself, so that it can be repeated. */
  readonly isKeyed: boolean;
}

type Does = Step['does'];

/** How often each is chosen among the others. A walk that fails is made shorter by steps of the first kind. */
const WEIGHTS: Readonly<Record<Does, number>> = {
  nothing: 1,
  create: 3,
  start: 6,
  'start in CometD mode': 6,
  send: 12,
  'send again': 5,
  refresh: 8,
  'refresh from': 6,
  'refresh with a message': 5,
  'start typing': 5,
  'stop typing': 4,
  disconnect: 1,
  delete: 1,
  'time to live passes': 1,
  'silence passes': 2,
  'absence passes': 1,
  'agent joins': 5,
  'agent says': 8,
  'agent types': 3,
  'agent leaves': 1,
  store: 4,
  'look up': 3,
  'look all up': 2,
  forget: 2,
  'forget all': 1,
  'shake hands': 4,
  connect: 6,
  'catch up': 3,
  'go to the background': 2,
};

const anyDoes = fc.oneof(
  { withCrossShrink: true },
  ...Object.entries(WEIGHTS).map(([does, weight]) => ({ weight, arbitrary: fc.constant(does as Does) })),
);

/** Texts that have gone wrong somewhere before, and others. */
const anyText = fc.oneof(
  fc.constantFrom(
    'hello',
    '<b>',
    '"',
    '\\',
    "it's",
    'zwei\nZeilen',
    'привет',
    '👩‍👩‍👧',
    '\u202eשלום',
    '100% + 1',
    '{"a":1}',
  ),
  fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter((text) => !/\p{Cc}|\p{Cs}/u.test(text)),
);

const anyStep: fc.Arbitrary<Step> = fc.record({
  does: anyDoes,
  who: fc.oneof(
    { weight: 5, arbitrary: fc.constant<Who>('ann') },
    { weight: 3, arbitrary: fc.constant<Who>('bob') },
    { weight: 3, arbitrary: fc.constant<Who>('nobody') },
  ),
  at: fc.constantFrom<Gateway>(0, 1),
  service: fc.nat({ max: 3 }),
  text: anyText,
  position: fc.integer({ min: -1, max: 12 }),
  isKeyed: fc.boolean(),
});

const LEAST = 20;
const MOST = 30;

/** The steps of one walk. */
export const anyWalk: fc.Arbitrary<readonly Step[]> = fc.array(anyStep, { minLength: LEAST, maxLength: MOST });

/** As a failure shows it. */
export const told = ({ does, who, at, service, text, position, isKeyed }: Step): string =>
  `${who} at ${at}: ${does} (service ${service}, ${JSON.stringify(text)}, position ${position}${isKeyed ? ', keyed' : ''})`;
