/** What an agent may do; each includes those before it. */
export const AGENT_ROLES = ['agent', 'supervisor', 'admin'] as const;

export type AgentRole = (typeof AGENT_ROLES)[number];

/** Who an agent is and what he can take. */
export interface AgentProfile {
  /** As `isAgentId` wants it. */
  readonly id: string;
  /** What customers see. */
  readonly nickname: string;
  readonly role: AgentRole;
  /** Levels by name, 1 to 100. */
  readonly skills: Readonly<Record<string, number>>;
  /** Chats at a time, 1 to 100. */
  readonly capacity: number;
  /** Whether he only gets what nobody else can take. */
  readonly isFallback: boolean;
}

export const CAPACITY_RANGE = [1, 100] as const;
/** Of who says nothing of it. */
export const STANDARD_CAPACITY = 3;
export const SKILL_LEVEL_RANGE = [1, 100] as const;
/** The level of a skill that is named without one: nobody could say what is missing. */
export const FULL_SKILL_LEVEL = 100;
/** Skills of one agent. */
export const AGENT_SKILLS_MAX = 64;
/** Length of a nickname, in characters. */
export const NICKNAME_MAX = 128;

/** On one line: nothing that ends it, steers a terminal or is half of a character. */
const NICKNAME = new RegExp(`^[^\\p{Cc}\\p{Cs}\\u2028\\u2029]{1,${NICKNAME_MAX}}$`, 'u');

/** Whether a text can stand where customers see a name. */
export const isNickname = (text: string): boolean => text.trim() !== '' && NICKNAME.test(text);

export const isInRange = (value: unknown, [min, max]: readonly [number, number]): value is number =>
  Number.isInteger(value) && Number(value) >= min && Number(value) <= max;

export const isAgentRole = (value: unknown): value is AgentRole => AGENT_ROLES.some((role) => role === value);

/** Whether a role includes another. */
export const includesRole = (role: AgentRole, wanted: AgentRole): boolean =>
  AGENT_ROLES.indexOf(role) >= AGENT_ROLES.indexOf(wanted);
