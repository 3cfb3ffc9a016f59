import { isSkillName } from '@app/config';
import { isAgentId } from '@app/event-store';
import {
  AGENT_ROLES,
  AGENT_SKILLS_MAX,
  type AgentProfile,
  type AgentRole,
  CAPACITY_RANGE,
  FULL_SKILL_LEVEL,
  isInRange,
  isNickname,
  SKILL_LEVEL_RANGE,
  STANDARD_CAPACITY,
} from './agent-profile.js';
import { isList, isMapping } from './file-fields.js';
import { invalidToken } from './identity-error.js';
import type { VerifiedClaims } from './jwt-verifier.js';

export interface AgentClaimNames {
  /** The claim whose value is the agent's id. Users must not be able to choose it. @defaultValue sub */
  readonly idClaim?: string;
  /** The claim that has his role or roles; dots lead into objects. @defaultValue parley_role */
  readonly roleClaim?: string;
}

type Claims = Readonly<Record<string, unknown>>;

/** A claim of this very name, or else the one to which the parts of the name lead. */
const claimAt = (claims: Claims, name: string): unknown => {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name
    .split('.')
    .reduce<unknown>(
      (value, part) => (isMapping(value) && Object.hasOwn(value, part) ? value[part] : undefined),
      claims,
    );
};

const idOf = (claims: Claims, name: string): string => {
  const id = claimAt(claims, name);
  if (typeof id === 'string' && isAgentId(id)) return id;
  throw invalidToken(
    `a JWT whose ${name} is an agent's id: 1 to 64 letters, digits, dots, dashes or underscores, not customer or system`,
  );
};

/** The highest that is named. One that is not is a customer's token, or a clerk's who is no agent. */
const roleOf = (claims: Claims, name: string): AgentRole => {
  const value = claimAt(claims, name);
  const named = isList(value) ? value : [value];
  const role = AGENT_ROLES.findLast((candidate) => named.includes(candidate));
  if (role !== undefined) return role;
  throw invalidToken(`a JWT whose ${name} is or has one of ${AGENT_ROLES.join(', ')}`);
};

const nicknameOf = (claims: Claims): string | undefined =>
  [claims['nickname'], claims['name']].find((value): value is string => typeof value === 'string' && isNickname(value));

/** Some issuers know texts only. */
const numberOf = (value: unknown): unknown =>
  typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : value;

const isSkillLevel = (entry: readonly [unknown, unknown]): entry is readonly [string, number] =>
  typeof entry[0] === 'string' && isSkillName(entry[0]) && isInRange(entry[1], SKILL_LEVEL_RANGE);

const skillsOf = (claims: Claims): AgentProfile['skills'] | undefined => {
  const value = claims['parley_skills'];
  if (value === undefined || value === null) return undefined;
  const entries = isList(value)
    ? value.map((name) => [name, FULL_SKILL_LEVEL] as const)
    : isMapping(value)
      ? Object.entries(value)
      : [[value, undefined] as const];
  const skills = entries.map(([name, level]) => [name, numberOf(level)] as const);
  if (skills.length <= AGENT_SKILLS_MAX && skills.every(isSkillLevel)) return Object.fromEntries(skills);
  throw invalidToken(
    `a JWT whose parley_skills are levels from 1 to 100 by name, or a list of names, at most ${AGENT_SKILLS_MAX}`,
  );
};

const capacityOf = (claims: Claims): number | undefined => {
  const value = claims['parley_capacity'];
  if (value === undefined || value === null) return undefined;
  const capacity = numberOf(value);
  if (isInRange(capacity, CAPACITY_RANGE)) return capacity;
  throw invalidToken('a JWT whose parley_capacity is a whole number from 1 to 100');
};

/**
 * The agent of whom a verified token speaks. What it leaves out is taken from the agents file, but the role: that an id
 * is written there makes nobody an agent.
 * @throws IdentityError (TOKEN_INVALID) naming the claim
 */
export const agentOfClaims = (
  verified: VerifiedClaims,
  { idClaim = 'sub', roleClaim = 'parley_role' }: AgentClaimNames,
  withId: (id: string) => AgentProfile | undefined,
): AgentProfile => {
  const role = roleOf(verified, roleClaim);
  const id = idOf(verified, idClaim);
  const known = withId(id);
  return {
    id,
    nickname: nicknameOf(verified) ?? known?.nickname ?? id,
    role,
    skills: skillsOf(verified) ?? known?.skills ?? {},
    capacity: capacityOf(verified) ?? known?.capacity ?? STANDARD_CAPACITY,
    isFallback: known?.isFallback ?? false,
  };
};
