import { type Attack, positioned } from './attack.js';
import { OK, VALUE } from './statuses.js';

/** Values of `transcriptPosition`. */
export const positions: readonly Attack[] = [
  { name: '-1', bytes: positioned('-1'), allowed: [OK] },
  ...['1.5', '1e309', 'NaN', 'Infinity', '1-0', '$', '+', '-', '0x1', '1_000', '٣', ' '].map((position): Attack => ({
    name: position,
    bytes: positioned(position),
    allowed: position === ' ' ? [OK, VALUE] : [VALUE],
  })),
  { name: '2^53+1', bytes: positioned('9007199254740993'), allowed: [OK, VALUE] },
  { name: '2^64', bytes: positioned('18446744073709551616'), allowed: [OK, VALUE] },
  { name: '400 digits', bytes: positioned('9'.repeat(400)), allowed: [OK, VALUE] },
  { name: 'minus 400 digits', bytes: positioned(`-${'9'.repeat(400)}`), allowed: [OK, VALUE] },
];
