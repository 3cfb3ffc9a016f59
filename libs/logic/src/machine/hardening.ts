/**
 * Makes the realm of a logic one in which the same inputs always give the same answers, and in which a slip shows at
 * once. It guards against mistakes, not against an author who means harm: he is the administrator of the server.
 */

const outOfReach = (name: string, instead: string): never => {
  throw new TypeError(`${name} is out of reach of a logic: ${instead}`);
};

const CLOCK = 'the time of an input is event.atMs; for a time to come use setDeadline';
const CHANCE = 'the same inputs must always give the same answers';
const OUTSIDE = 'a logic only answers its inputs; the server carries out the effects';
const LOCALE = 'it differs between machines';

/** What servers and browsers have besides the language, and what a slip may name. */
const ABSENT: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'performance'].map((name) => [
      name,
      CLOCK,
    ]),
  ),
  ...Object.fromEntries(
    [
      ...['process', 'require', 'module', 'exports', 'global', 'Buffer', 'fetch', 'XMLHttpRequest', 'WebSocket'],
      ...['queueMicrotask', 'Worker', 'MessageChannel', 'URL', 'AbortController', 'structuredClone'],
      // Promises would end after the answer has been given; memory outside of the heap has no limit.
      ...['Promise', 'ArrayBuffer', 'SharedArrayBuffer', 'DataView', 'Atomics', 'WebAssembly'],
      ...['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array'],
      ...['Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array', 'WeakRef', 'FinalizationRegistry'],
    ].map((name) => [name, OUTSIDE]),
  ),
  crypto: CHANCE,
  Intl: LOCALE,
};

/** Parts of a date that depend on where the machine stands. */
const LOCAL_DATE =
  /^(to(Locale.*|String|DateString|TimeString)|getTimezoneOffset|getYear|setYear|[gs]et(Date|Day|FullYear|Hours|Milliseconds|Minutes|Month|Seconds))$/;

const forbid = (owner: object, key: string, name: string, instead: string): void => {
  Object.defineProperty(owner, key, {
    value: () => outOfReach(name, instead),
    writable: false,
    configurable: false,
    enumerable: false,
  });
};

const hardenDate = (realm: typeof globalThis): void => {
  const Native = realm.Date;
  for (const key of Object.getOwnPropertyNames(Native.prototype)) {
    if (LOCAL_DATE.test(key)) forbid(Native.prototype, key, `Date.prototype.${key}`, `${LOCALE}: use the UTC one`);
  }
  forbid(Native, 'now', 'Date.now', CLOCK);
  forbid(Native, 'parse', 'Date.parse', 'use new Date with an ISO text that ends in Z');
  const sound = (args: readonly unknown[]): boolean => {
    const [first] = args;
    return args.length === 1 && (typeof first === 'number' || (typeof first === 'string' && first.endsWith('Z')));
  };
  const Hardened = new Proxy(Native, {
    apply: () => outOfReach('Date()', CLOCK),
    construct: (target, args, newTarget) =>
      sound(args)
        ? (Reflect.construct(target, args, newTarget) as object)
        : outOfReach('new Date without a time of its own', `${CLOCK}, so new Date(event.atMs)`),
  });
  Object.defineProperty(Native.prototype, 'constructor', { value: Hardened });
  Object.defineProperty(realm, 'Date', { value: Hardened, writable: false, configurable: false });
};

const freezeIntrinsics = (realm: typeof globalThis): void => {
  const seen = new Set<unknown>();
  const visit = (value: unknown): void => {
    if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return;
    if (seen.has(value) || value === realm) return;
    seen.add(value);
    // A frozen Error.prototype would forbid `this.name = …` in every error class.
    if (!(value instanceof Error) && value !== Error.prototype) Object.freeze(value);
    visit(Object.getPrototypeOf(value));
    for (const key of Reflect.ownKeys(value)) {
      const parts: Readonly<Record<string, unknown>> = { ...Object.getOwnPropertyDescriptor(value, key) };
      for (const part of Object.values(parts)) visit(part);
    }
  };
  for (const key of Object.getOwnPropertyNames(realm)) {
    const descriptor = Object.getOwnPropertyDescriptor(realm, key);
    if (descriptor !== undefined && 'value' in descriptor) visit(descriptor.value);
  }
  for (const each of hiddenIntrinsics()) visit(Object.getPrototypeOf(each));
};

/** One of each kind whose prototype has no name. */
const hiddenIntrinsics = (): readonly unknown[] => [
  function* generator() {
    yield 0;
  },
  async () => Promise.resolve(),
  async function* stream() {
    yield Promise.resolve();
  },
  [][Symbol.iterator](),
  new Map().entries(),
  new Set().values(),
  ''[Symbol.iterator](),
  ''.matchAll(/x/g),
];

/** Hardens the realm in which it is called; XState must have been loaded before. */
export const hardenRealm = (): void => {
  const realm = globalThis;
  forbid(realm.Math, 'random', 'Math.random', CHANCE);
  hardenDate(realm);
  for (const [prototype, name, keys] of [
    [realm.String.prototype, 'String', ['localeCompare', 'toLocaleLowerCase', 'toLocaleUpperCase']],
    [realm.Number.prototype, 'Number', ['toLocaleString']],
    [realm.BigInt.prototype, 'BigInt', ['toLocaleString']],
    [realm.Array.prototype, 'Array', ['toLocaleString']],
  ] as const) {
    for (const key of keys) forbid(prototype, key, `${name}.prototype.${key}`, LOCALE);
  }
  freezeIntrinsics(realm);
  for (const [name, instead] of Object.entries(ABSENT)) {
    Object.defineProperty(realm, name, {
      get: () => outOfReach(name, instead),
      configurable: false,
      enumerable: false,
    });
  }
  Object.freeze(realm);
};
