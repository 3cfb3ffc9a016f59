/** Skills by name, with the least level that is asked for, 1 to 100. */
export type Skills = Readonly<Record<string, number>>;

/** What is asked of an agent after a chat has waited for some time. */
export interface NeedStage {
  readonly afterS: number;
  readonly skills: Skills;
}

/** What a chat needs of an agent. */
export interface RoutingNeed {
  /** The first counts at once, each later one replaces the one before when the chat has waited so long. Never empty. */
  readonly stages: readonly NeedStage[];
  /** Higher goes first, -100 to 100; 0 is usual. */
  readonly priority: number;
  /** Only this agent will do. */
  readonly agentId?: string;
}

/** Any agent, at once. */
export const ANYBODY: RoutingNeed = { stages: [{ afterS: 0, skills: {} }], priority: 0 };
