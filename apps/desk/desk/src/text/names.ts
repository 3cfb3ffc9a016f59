import type { Chat } from '../api/shapes.js';

const PRESENCES: Readonly<Record<string, string>> = {
  ready: 'Ready',
  'not-ready': 'Not ready',
  away: 'Away',
  'signed-out': 'Signed out',
};

export const presenceName = (presence: string): string => PRESENCES[presence] ?? presence;

/** Whom a chat is with. */
export const customerName = (chat: Pick<Chat, 'nickname'> | null): string => chat?.nickname ?? 'Customer';

/** `sales>=2,french>=1` → `sales 2+, french 1+`. */
export const requirementName = (requirement: string): string => {
  if (requirement === '') return 'Anybody';
  if (requirement.startsWith('@')) return `Agent ${requirement.slice(1)}`;
  return requirement
    .split(',')
    .map((skill) => skill.replace('>=', ' ').replace(/$/, '+'))
    .join(', ');
};

/** `sales 5, french 2`. */
export const skillNames = (skills: Readonly<Record<string, number>>): string =>
  Object.entries(skills)
    .map(([name, level]) => `${name} ${level}`)
    .join(', ');

/** `1 message`, `2 messages`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
