import type { FileFields } from './file-fields.js';

/** How a chat went, as its agent says in the end. */
export interface Disposition {
  readonly code: string;
  readonly label: string;
}

/** A text that agents need not write again: `/` and the shortcut bring it. */
export interface CannedResponse {
  readonly shortcut: string;
  readonly text: string;
}

/** What agents choose from at their desks. */
export interface DeskLists {
  readonly notReadyReasons: readonly string[];
  readonly dispositions: readonly Disposition[];
  readonly cannedResponses: readonly CannedResponse[];
}

/** Where the agents file says nothing of a list. */
export const STANDARD_DESK: DeskLists = {
  notReadyReasons: ['Break', 'Lunch', 'Meeting', 'Training', 'After-chat work'],
  dispositions: [
    { code: 'resolved', label: 'Resolved' },
    { code: 'follow-up', label: 'Needs a follow-up' },
    { code: 'escalated', label: 'Escalated' },
    { code: 'no-answer', label: 'The customer did not answer' },
    { code: 'spam', label: 'Spam' },
  ],
  cannedResponses: [
    { shortcut: 'hello', text: 'Hello! How can I help you?' },
    { shortcut: 'moment', text: 'One moment please, I am looking into it.' },
    { shortcut: 'more', text: 'Could you tell me a little more about it?' },
    { shortcut: 'else', text: 'Is there anything else I can do for you?' },
    { shortcut: 'bye', text: 'Thank you for writing to us. Goodbye!' },
  ],
};

const REASONS_MAX = 50;
const DISPOSITIONS_MAX = 200;
const RESPONSES_MAX = 1_000;
/** Length of a reason or a label, in characters. */
const LABEL_MAX = 64;
/** As much as one message may have by default. */
const TEXT_MAX = 4_096;

const CODE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const SHORTCUT = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,31}$/u;

const isLabel = (text: string): boolean => text.trim() !== '' && text.length <= LABEL_MAX && !/\p{Cc}/u.test(text);
const isText = (text: string): boolean => text.trim() !== '' && text.length <= TEXT_MAX;

const LABEL = `a text of one line and 1 to ${LABEL_MAX} characters`;

/** Refuses what stands in a list twice. */
const checkUnique = (fields: FileFields, key: string, values: readonly string[]): void => {
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) fields.refuse(key, 'each once', twice);
};

const readReasons = (fields: FileFields): readonly string[] | undefined => {
  const reasons = fields
    .list('not_ready_reasons', REASONS_MAX)
    ?.map((value, index) =>
      typeof value === 'string' && isLabel(value) ? value : fields.refuse(`not_ready_reasons[${index}]`, LABEL, value),
    );
  checkUnique(fields, 'not_ready_reasons', reasons ?? []);
  return reasons;
};

const readDispositions = (fields: FileFields): readonly Disposition[] | undefined => {
  const dispositions = fields.mappings('dispositions', DISPOSITIONS_MAX)?.map((item) => {
    const code = item.text('code', '1 to 64 letters, digits, dots, dashes or underscores', (text) => CODE.test(text));
    const label = item.text('label', LABEL, isLabel, code);
    item.done();
    return { code, label };
  });
  checkUnique(fields, 'dispositions', dispositions?.map(({ code }) => code) ?? []);
  return dispositions;
};

const readResponses = (fields: FileFields): readonly CannedResponse[] | undefined => {
  const responses = fields.mappings('canned_responses', RESPONSES_MAX)?.map((item) => {
    const shortcut = item.text(
      'shortcut',
      '1 to 32 letters, digits, dots, dashes or underscores, without a slash',
      (text) => SHORTCUT.test(text),
    );
    const text = item.text('text', `a text of 1 to ${TEXT_MAX} characters`, isText);
    item.done();
    return { shortcut, text };
  });
  checkUnique(fields, 'canned_responses', responses?.map(({ shortcut }) => shortcut) ?? []);
  return responses;
};

/** A list that is there replaces the standard one, an empty list too. @throws SettingsError naming the path */
export const readDeskLists = (fields: FileFields): DeskLists => ({
  notReadyReasons: readReasons(fields) ?? STANDARD_DESK.notReadyReasons,
  dispositions: readDispositions(fields) ?? STANDARD_DESK.dispositions,
  cannedResponses: readResponses(fields) ?? STANDARD_DESK.cannedResponses,
});
