import { type AgentsFile, type DeskLists, STANDARD_DESK } from '@app/identity';
import type { RoutingTable } from '@app/routing';

/** What agents choose from. */
export interface DeskChoicesView extends DeskLists {
  /** Those that any service asks for or any agent has, by name. */
  readonly skills: readonly string[];
  /** Those who have signed in. */
  readonly agents: readonly { readonly id: string; readonly nickname: string; readonly presence: string }[];
}

/** The lists of the desk, and to whom a chat can be handed. */
export class DeskChoices {
  constructor(
    private readonly file: Pick<AgentsFile, 'desk' | 'all'> | undefined,
    private readonly table: Pick<RoutingTable, 'survey'>,
  ) {}

  async all(): Promise<DeskChoicesView> {
    const { queues, agents } = await this.table.survey(0);
    const asked = queues.flatMap(({ requirement }) => (requirement.startsWith('@') ? [] : skillNames(requirement)));
    const had = this.file?.all.flatMap(({ skills }) => Object.keys(skills)) ?? [];
    const seats = agents.map(({ agentId: id, nickname, isReady }) => ({
      ...{ id, nickname, presence: isReady ? 'ready' : 'not-ready' },
    }));
    return {
      ...(this.file?.desk ?? STANDARD_DESK),
      skills: [...new Set([...asked, ...had])].sort(),
      agents: seats.sort((a, b) => (a.nickname < b.nickname ? -1 : 1)),
    };
  }
}

const skillNames = (requirement: string): readonly string[] =>
  requirement === '' ? [] : requirement.split(',').map((skill) => skill.slice(0, skill.indexOf('>=')));
