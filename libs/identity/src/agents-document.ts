import { isSkillName, SettingsError } from '@app/config';
import { isAgentId } from '@app/event-store';
import { parse, YAMLError } from 'yaml';
import {
  AGENT_ROLES,
  AGENT_SKILLS_MAX,
  type AgentProfile,
  type AgentRole,
  CAPACITY_RANGE,
  FULL_SKILL_LEVEL,
  isAgentRole,
  isInRange,
  isNickname,
  NICKNAME_MAX,
  SKILL_LEVEL_RANGE,
  STANDARD_CAPACITY,
} from './agent-profile.js';
import { type DeskLists, readDeskLists } from './desk-lists.js';
import { FileFields, isList, isMapping, shownName, shownSecret } from './file-fields.js';
import { tokenDigest } from './token-digest.js';

/** An agents file as it was read. */
export interface AgentsDocument {
  readonly agents: ReadonlyMap<string, AgentProfile>;
  /** Ids by the digest of their token; who signs in elsewhere has none here. */
  readonly ids: ReadonlyMap<string, string>;
  readonly desk: DeskLists;
}

const AGENTS_MAX = 100_000;
const TOKEN_RANGE = [24, 512] as const;
/** What can stand after Bearer. @see RFC 6750, 2.1 */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;
const DIGEST = /^[0-9a-f]{64}$/i;

const SKILL_NAME = 'names of 1 to 64 letters, digits, dots, dashes or underscores';

const readSkills = (fields: FileFields): AgentProfile['skills'] => {
  const value = fields.value('skills') ?? {};
  const entries = isList(value)
    ? value.map((name) => [name, FULL_SKILL_LEVEL] as const)
    : isMapping(value)
      ? Object.entries(value)
      : fields.refuse('skills', 'a mapping of levels or a list of names', value);
  if (entries.length > AGENT_SKILLS_MAX) {
    fields.refuse('skills', `at most ${AGENT_SKILLS_MAX} skills`, entries.length);
  }
  const levels = entries.map(([name, level]) => {
    if (typeof name !== 'string' || !isSkillName(name)) return fields.refuse('skills', SKILL_NAME, name);
    if (isInRange(level, SKILL_LEVEL_RANGE)) return [name, level] as const;
    return fields.refuse(`skills.${shownName(name)}`, 'a whole level from 1 to 100', level);
  });
  return Object.fromEntries(levels);
};

const readRole = (fields: FileFields): AgentRole => {
  const role = fields.value('role') ?? 'agent';
  return isAgentRole(role) ? role : fields.refuse('role', `one of ${AGENT_ROLES.join(', ')}`, role);
};

const readCapacity = (fields: FileFields): number => {
  const capacity = fields.value('capacity') ?? STANDARD_CAPACITY;
  return isInRange(capacity, CAPACITY_RANGE)
    ? capacity
    : fields.refuse('capacity', 'whole chats from 1 to 100', capacity);
};

/** The digest of an agent's token, if he has one. */
const readDigest = (fields: FileFields): string | undefined => {
  const token = fields.value('token');
  const digest = fields.value('token_sha256');
  if (token !== undefined && digest !== undefined) {
    fields.refuseAs('token', 'either token or token_sha256', 'both');
  }
  if (digest !== undefined) {
    if (typeof digest === 'string' && DIGEST.test(digest)) return digest.toLowerCase();
    return fields.refuseAs('token_sha256', '64 hexadecimal digits in quotes', shownSecret(digest));
  }
  if (token === undefined) return undefined;
  const [min, max] = TOKEN_RANGE;
  if (typeof token !== 'string' || token.length < min || token.length > max) {
    return fields.refuseAs('token', `${min} to ${max} characters in quotes`, shownSecret(token));
  }
  return TOKEN.test(token)
    ? tokenDigest(token)
    : fields.refuseAs('token', 'letters, digits and ._~+/- only, with = at the end at most', 'others');
};

const readAgent = (fields: FileFields): readonly [AgentProfile, string | undefined] => {
  const id = fields.text(
    'id',
    '1 to 64 letters, digits, dots, dashes or underscores, not customer or system',
    isAgentId,
  );
  const profile: AgentProfile = {
    id,
    nickname: fields.text('nickname', `one line of 1 to ${NICKNAME_MAX} characters`, isNickname, id),
    role: readRole(fields),
    skills: readSkills(fields),
    capacity: readCapacity(fields),
    isFallback: fields.flag('fallback', false),
  };
  const digest = readDigest(fields);
  fields.done();
  return [profile, digest];
};

/** What the parser found. Its own messages quote the file, tokens included. */
const yamlFault = (error: unknown): string => {
  if (error instanceof YAMLError) {
    const [start] = error.linePos ?? [];
    return `${error.code}${start === undefined ? '' : ` at line ${start.line}, column ${start.col}`}`;
  }
  // An alias without its anchor, or too many of them.
  if (error instanceof ReferenceError) {
    return 'an alias that cannot be followed; a text that begins with * wants quotes';
  }
  throw error;
};

const parseYaml = (file: string, source: string): unknown => {
  try {
    return parse(source, { logLevel: 'error' });
  } catch (error) {
    throw new SettingsError(`${file}: expected YAML, got ${yamlFault(error)}`);
  }
};

/** @param file - its path, for errors @throws SettingsError naming file, path and expectation, never a token */
export const readAgentsDocument = (file: string, source: string): AgentsDocument => {
  const parsed = parseYaml(file, source);
  if (!isMapping(parsed)) throw new SettingsError(`${file}: expected a mapping with agents`);
  const fields = new FileFields(file, '', parsed);
  const agents = new Map<string, AgentProfile>();
  const ids = new Map<string, string>();
  for (const entry of fields.mappings('agents', AGENTS_MAX) ?? []) {
    const [profile, digest] = readAgent(entry);
    if (agents.has(profile.id)) entry.refuse('id', 'an id of his own', profile.id);
    agents.set(profile.id, profile);
    const other = digest === undefined ? undefined : ids.get(digest);
    if (other !== undefined) entry.refuseAs('token', 'a token of his own', `the one of ${other}`);
    if (digest !== undefined) ids.set(digest, profile.id);
  }
  const desk = readDeskLists(fields);
  fields.done();
  return { agents, ids, desk };
};
