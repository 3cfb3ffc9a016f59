import type { Fields } from './definition-fields.js';

/** Skills by name, with the least level that is asked for, 1 to 100. */
type SkillLevels = Readonly<Record<string, number>>;

/** What the chats of a service ask of an agent. */
export interface RoutingOptions {
  readonly skills: SkillLevels;
  /** Keys of business data, or `subject`, whose value names one more skill. */
  readonly skillFrom: readonly string[];
  /** What is asked for instead when a chat has waited so long; the waiting times rise. */
  readonly relax: readonly { readonly afterS: number; readonly skills: SkillLevels }[];
  /** Higher goes first, -100 to 100. */
  readonly priority: number;
  /** A key of business data whose value, a whole number of the same range, counts instead. */
  readonly priorityFrom: string | undefined;
}

const SKILL = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/;
const SKILLS_MAX = 16;
/** Stages after the first. */
const RELAX_MAX = 15;
const AFTER_MAX_S = 2_592_000;
export const PRIORITY_RANGE = [-100, 100] as const;

/** Whether a text can name a skill. */
export const isSkillName = (text: string): boolean => SKILL.test(text);

const readSkills = (fields: Fields, key: string): SkillLevels => {
  const levels = fields.mapping(key);
  if (levels.keys.length > SKILLS_MAX) fields.refuse(key, `at most ${SKILLS_MAX} skills`, levels.keys.length);
  const wrong = levels.keys.find((name) => !isSkillName(name));
  if (wrong !== undefined) {
    fields.refuse(key, 'names of 1 to 64 letters, digits, dots, dashes or underscores', wrong);
  }
  return Object.fromEntries(levels.keys.map((name) => [name, levels.whole(name, 1, [1, 100], 'level')]));
};

const readRelax = (fields: Fields): RoutingOptions['relax'] => {
  const list = fields.mappings('relax');
  if (list.length > RELAX_MAX) fields.refuse('relax', `at most ${RELAX_MAX} stages`, list.length);
  let beforeS = 0;
  return list.map((stage) => {
    const afterS = stage.whole('after', 0, [beforeS + 1, AFTER_MAX_S], 'seconds, each more than before,');
    beforeS = afterS;
    const skills = readSkills(stage, 'skills');
    stage.done();
    return { afterS, skills };
  });
};

/** @throws SettingsError naming the path */
export const readRouting = (fields: Fields): RoutingOptions => {
  const routing: RoutingOptions = {
    skills: readSkills(fields, 'skills'),
    skillFrom: fields.texts('skill_from'),
    relax: readRelax(fields),
    priority: fields.whole('priority', 0, PRIORITY_RANGE, 'numbers'),
    priorityFrom: fields.optionalText('priority_from'),
  };
  fields.done();
  return routing;
};
