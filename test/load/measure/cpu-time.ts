import { readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second for whoever reads it from /proc. */
const TICK_US = 10_000;

/** Processor time that a process has used so far, all its threads, user and system, in microseconds; ± 10,000. */
export const cpuTimeUs = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the name in brackets, which may hold blanks: count from behind it. utime and stime are 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
};
