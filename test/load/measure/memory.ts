import { readFileSync } from 'node:fs';

const RSS = /^VmRSS:\s+(\d+) kB$/m;

/** Memory of a process that is in RAM now, in bytes. */
export const rssBytes = (pid: number): number => {
  const kilobytes = RSS.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status tells no VmRSS`);
  return Number(kilobytes) * 1_024;
};
