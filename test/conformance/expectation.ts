/** What a reply must be: JSON in which a string may hold placeholders such as `<uuid>`. Every key is stated. */
export type Template = string | number | boolean | readonly Template[] | { readonly [key: string]: Template };

/** What each placeholder stands for. All scalars of the API are strings, numbers too. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  uuid: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
  sessionId: '[0-9A-Z]{16}',
  position: '[1-9][0-9]*',
  seconds: '(?:0|[1-9][0-9]*)',
  utc: '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z',
  hex16: '[0-9A-Fa-f]{16}',
  port: '[1-9][0-9]{0,4}',
  minutes: '-?(?:0|[1-9][0-9]*)',
  'any string': '[\\s\\S]*',
};

const patternOf = (template: string): RegExp => {
  const source = template.split(/(<[^<>]+>)/).map((part, index) => {
    if (index % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    const pattern = PLACEHOLDERS[part.slice(1, -1)];
    if (pattern === undefined) {
      throw new Error(`${part} is no placeholder; there are <${Object.keys(PLACEHOLDERS).join('>, <')}>`);
    }
    return pattern;
  });
  return new RegExp(`^${source.join('')}$`, 'u');
};

/** `undefined` and the like, which are no JSON, never come out of a parser. */
const shown = (value: unknown): string => JSON.stringify(value);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every place in which a reply is not what the template says; none when it fits. Strict: no key more, none less. */
export const differences = (actual: unknown, template: Template, at = '$'): readonly string[] => {
  if (typeof template === 'string') {
    const fits = typeof actual === 'string' && patternOf(template).test(actual);
    return fits ? [] : [`${at}: expected ${shown(template)}, got ${shown(actual)}`];
  }
  if (typeof template === 'number' || typeof template === 'boolean') {
    return actual === template ? [] : [`${at}: expected ${shown(template)} (no string), got ${shown(actual)}`];
  }
  if (isList(template)) {
    if (!Array.isArray(actual) || actual.length !== template.length) {
      return [`${at}: expected ${template.length} elements, got ${shown(actual)}`];
    }
    return template.flatMap((element, index) => differences(actual[index], element, `${at}[${index}]`));
  }
  if (!isObject(actual)) return [`${at}: expected an object, got ${shown(actual)}`];
  const missing = Object.keys(template).filter((key) => !Object.hasOwn(actual, key));
  const extra = Object.keys(actual).filter((key) => !Object.hasOwn(template, key));
  return [
    ...missing.map((key) => `${at}.${key}: missing`),
    ...extra.map((key) => `${at}.${key}: not expected, got ${shown(actual[key])}`),
    ...Object.entries(template).flatMap(([key, value]) =>
      Object.hasOwn(actual, key) ? differences(actual[key], value, `${at}.${key}`) : [],
    ),
  ];
};

const isList = (template: Template): template is readonly Template[] => Array.isArray(template);

/** Every scalar of a reply that is no string: existing applications stumble over them. */
export const scalarFaults = (json: unknown, at = '$'): readonly string[] => {
  if (typeof json === 'string') return [];
  if (Array.isArray(json)) return json.flatMap((element, index) => scalarFaults(element, `${at}[${index}]`));
  if (isObject(json)) return Object.entries(json).flatMap(([key, value]) => scalarFaults(value, `${at}.${key}`));
  return [`${at}: ${shown(json)}`];
};

/** The headers of every reply with a body; names in lower case. */
export const JSON_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'application/json;charset=UTF-8',
  pragma: 'no-cache',
  'cache-control': 'no-cache, no-store',
};

/** The fields that `_verbose=true` adds to every reply of a chat. */
export const verboseTemplate = (serviceId: string, clientTimeZoneOffset = '<minutes>'): Record<string, Template> => {
  const chat = `/genesys/1/service/${serviceId}/ixn/chat`;
  return {
    userId: '<hex16>',
    secureKey: '<hex16>',
    checkChatServiceLoadBalancerPath: '<any string>ChatLBServerInfo.jsp?chatServerLoadBalancerAlias=<any string>',
    chatServerLoadBalancerAlias: '<any string>',
    chatServerHost: '<any string>',
    chatWebApiPort: '<port>',
    isTLSrequired: 'false',
    clientTimeZoneOffset,
    _chatIxnAPI_SEND_URL: `${chat}/send`,
    _chatIxnAPI_REFRESH_URL: `${chat}/refresh`,
    _chatIxnAPI_START_TYPING_URL: `${chat}/startTyping`,
    _chatIxnAPI_STOP_TYPING_URL: `${chat}/stopTyping`,
    _chatIxnAPI_DISCONNECT_URL: `${chat}/disconnect`,
    _chatIxnAPI_REFRESH_FROM_START_URL: `${chat}/refresh?transcriptPosition=1`,
  };
};

/** A reply to refresh, send and typing on a live chat. */
export const transcriptTemplate = (position: Template, events: readonly Template[]): Record<string, Template> => ({
  chatIxnState: 'TRANSCRIPT',
  chatSessionId: '<sessionId>',
  transcriptPosition: position,
  chatServiceMessage: 'Chat service is available',
  transcriptToShow: events,
  startedAt: '<utc>',
});

/** The body of every error that has one. */
export const ERROR_TEMPLATE: Template = { message: '<any string>', exception: '<any string>' };
