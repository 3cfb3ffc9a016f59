import { LogicHost } from './logic-host.js';
import type { LogicReport } from './logic-report.js';

/** Checks one logic in a thread of its own. */
export const checkLogic = async (source: string): Promise<LogicReport> => {
  const host = new LogicHost();
  try {
    return await host.check(source);
  } finally {
    await host.close();
  }
};
