import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** An agent who can sign in at the desk of a fresh start. */
export interface FirstAgent {
  readonly id: string;
  readonly role: string;
  readonly token: string;
}

/** The agents file that a start makes where none is named. */
export interface FirstAgents {
  /** Its path. */
  readonly file: string;
  readonly agents: readonly FirstAgent[];
}

const newToken = (): string => randomBytes(24).toString('base64url');

/** Whoever may read this file may sign in. */
const OWNER_ONLY = 0o600;

const template =
  (): string => `# Who may sign in at the desk. Made by the first start; change it as you like, it counts at once.
# Tokens are passwords: at least 24 characters. docs/agents.example.yaml shows everything that may stand here.
agents:
  - { id: kate, nickname: Kate, role: agent, skills: { sales: 5 }, capacity: 5, token: ${newToken()} }
  - { id: sam, nickname: Sam, role: supervisor, skills: { sales: 3 }, capacity: 3, token: ${newToken()} }
`;

const isFirstAgent = (entry: unknown): entry is FirstAgent => {
  const { id, role, token } = entry as Partial<Record<keyof FirstAgent, unknown>>;
  return typeof id === 'string' && typeof role === 'string' && typeof token === 'string';
};

/** Agents of the file that have a token to show; what else may be wrong with it is for the gateway to say. */
const readAgents = (file: string): readonly FirstAgent[] => {
  try {
    const { agents } = parse(readFileSync(file, 'utf8')) as { readonly agents: readonly unknown[] };
    return agents.filter(isFirstAgent);
  } catch {
    return [];
  }
};

/** Makes the agents file of a data folder, once, with tokens that nobody else has. */
export const firstAgents = (dataDir: string): FirstAgents => {
  const file = join(dataDir, 'agents.yaml');
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(file, template(), { mode: OWNER_ONLY });
  }
  return { file, agents: readAgents(file) };
};
