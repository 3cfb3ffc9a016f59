import { isSkillName, PRIORITY_RANGE, type RoutingOptions } from '@app/config';
import { ANYBODY, type RoutingNeed, type TextMap } from '@app/domain';

/** The level that is asked for when only a skill is named. */
const ANY_LEVEL = 1;

const [PRIORITY_MIN, PRIORITY_MAX] = PRIORITY_RANGE;

/** The value under a name that may also be one that every object has. */
const own = (data: TextMap, key: string): string | undefined => (Object.hasOwn(data, key) ? data[key] : undefined);

const priorityOf = ({ priority, priorityFrom }: RoutingOptions, data: TextMap): number => {
  const text = priorityFrom === undefined ? undefined : own(data, priorityFrom);
  const named = text !== undefined && /^-?\d{1,3}$/.test(text) ? Number(text) : priority;
  return named >= PRIORITY_MIN && named <= PRIORITY_MAX ? named : priority;
};

/**
 * What the chat of a basic service needs of an agent: the skills of its definition and those that its data name, at
 * first; later what the definition relaxes it to. Customers may send anything: what can name no skill asks for none.
 * @param data - business data, and what came with the chat
 * @param subject - of the chat
 */
export const needOf = (
  routing: RoutingOptions | undefined,
  data: TextMap,
  subject: string | undefined,
): RoutingNeed => {
  if (routing === undefined) return ANYBODY;
  const named = routing.skillFrom
    .map((key) => (key === 'subject' ? subject : undefined) ?? own(data, key))
    .filter((value): value is string => value !== undefined && isSkillName(value));
  const skills = { ...Object.fromEntries(named.map((name) => [name, ANY_LEVEL])), ...routing.skills };
  return { stages: [{ afterS: 0, skills }, ...routing.relax], priority: priorityOf(routing, data) };
};
