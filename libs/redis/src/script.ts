import { readFileSync } from 'node:fs';
import type { RedisConnection } from './connection.js';
import { classifyRedisFailure } from './redis-failure.js';

/** What a script may be given. */
export type ScriptArgument = string | number | Buffer;

/** Our scripts, by file name: the number is how many KEYS the script has. */
export const SCRIPT_NAMES = [
  'append-7',
  'confirm-1',
  'erase-service-5',
  'audit-1',
  'sync-2',
  'rewind-1',
  'put-data-2',
  'postpone-4',
  'join-feed-1',
  'ack-feed-1',
  'bury-feed-2',
  'replay-feed-2',
  'leave-feed-1',
  'create-client-4',
  'bind-chat-2',
  'connect-4',
  'store-batch-2',
  'commit-batch-3',
  'replay-chat-3',
  'end-client-4',
  'release-client-1',
  'route-service-1',
  'route-agent-1',
  'refuse-match-1',
  'sweep-routing-1',
  'place-in-queue-1',
  'survey-routing-1',
  'subscribe-client-3',
] as const;
export type ScriptName = (typeof SCRIPT_NAMES)[number];

type ScriptCall = (...args: ScriptArgument[]) => Promise<unknown>;

const sourceOf = (file: string): string =>
  readFileSync(new URL(`./lua/${file}`, import.meta.url), 'utf8').replace(/^--@include (\S+)$/gm, (_, part: string) =>
    sourceOf(`include/${part}.lua`),
  );

const sources = new Map(
  SCRIPT_NAMES.map((name) => [
    name,
    {
      lua: sourceOf(`${name}.lua`),
      numberOfKeys: Number(name.slice(name.lastIndexOf('-') + 1)),
    },
  ]),
);

const commandOf = (name: ScriptName): string => `parley:${name}`;

/** Makes the scripts callable on a connection. They are sent by hash, and loaded where Redis does not know them. */
export const defineScripts = (connection: RedisConnection): void => {
  for (const [name, source] of sources) connection.defineCommand(commandOf(name), source);
};

/** The text of a script, for calls that go out in one pipeline with others. */
export const scriptSource = (name: ScriptName): string => sources.get(name)?.lua ?? '';

/** Calls a script on a connection that `defineScripts` has seen: first the keys, then the arguments. */
export const callScript = (
  connection: RedisConnection,
  name: ScriptName,
  args: readonly ScriptArgument[],
): Promise<unknown> => {
  const call = (connection as unknown as Record<string, ScriptCall | undefined>)[commandOf(name)];
  const source = sources.get(name);
  if (call === undefined || source === undefined) throw new Error(`callScript: ${name} is not defined here`);
  return call.apply(connection, args as ScriptArgument[]).catch((error: unknown) => {
    // The client believes for a minute that a script is loaded; after a flush it is not.
    if (classifyRedisFailure(error) !== 'script-missing') throw error;
    return connection.eval(source.lua, source.numberOfKeys, ...args);
  });
};
