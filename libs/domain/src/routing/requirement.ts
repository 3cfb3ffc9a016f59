import type { RoutingNeed, Skills } from './routing-need.js';

/** Text of skills with their least levels: `french>=1,sales>=2`, sorted; '' asks for nothing. */
export const skillsText = (skills: Skills): string =>
  Object.entries(skills)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, level]) => `${name}>=${level}`)
    .join(',');

/** Characters that the text of skills uses itself. */
const RESERVED = /[,;|>=@\s]/g;

/** A skill's name as it may stand in texts: without the characters that they use. */
export const skillName = (name: string): string => name.trim().toLowerCase().replace(RESERVED, '_').slice(0, 64);

/** A requirement for each stage of a need, by the time after which it counts, in milliseconds. */
export const requirementsOf = ({
  stages,
  agentId,
}: RoutingNeed): readonly { readonly afterMs: number; readonly requirement: string }[] => {
  if (agentId !== undefined) return [{ afterMs: 0, requirement: `@${agentId}` }];
  const named = (skills: Skills): Skills =>
    Object.fromEntries(Object.entries(skills).map(([name, level]) => [skillName(name), level]));
  return stages.map(({ afterS, skills }) => ({ afterMs: afterS * 1_000, requirement: skillsText(named(skills)) }));
};
