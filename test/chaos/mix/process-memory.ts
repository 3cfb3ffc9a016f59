import { readFileSync } from 'node:fs';

/** The memory that a process takes, in megabytes; 0 when there is none, or no way to know. */
export const memoryMbOf = (pid: number): number => {
  try {
    const [, kilobytes = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1_024;
  } catch {
    return 0;
  }
};
