import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An agent as the agents file has him. */
export interface AgentEntry {
  readonly id: string;
  readonly nickname: string;
  readonly role?: 'agent' | 'supervisor' | 'admin';
  readonly skills?: Readonly<Record<string, number>>;
  readonly capacity?: number;
}

/** The token of an agent in tests: long enough, and nobody's secret. */
export const tokenOf = (id: string): string => `token-of-${id}-${'0'.repeat(24)}`;

/** Writes an agents file. @returns its path */
export const writeAgentsFile = (folder: string, agents: readonly AgentEntry[]): string => {
  const path = join(folder, 'agents.yaml');
  // JSON is YAML.
  writeFileSync(path, JSON.stringify({ agents: agents.map((agent) => ({ ...agent, token: tokenOf(agent.id) })) }));
  return path;
};
