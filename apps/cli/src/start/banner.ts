import { relative } from 'node:path';
import type { FirstAgent } from './first-agents.js';
import type { LaunchSettings } from './launch-settings.js';
import { reachableHost } from './readiness.js';

/** What the last lines of a start tell. */
export interface BannerFacts {
  readonly settings: LaunchSettings;
  /** Which Redis keeps the chats and how safely, in a few words. */
  readonly redis: string;
  readonly startMs: number;
  /** Those whose tokens the start made; none when the settings say who agents are. */
  readonly agents: readonly FirstAgent[];
}

/** The lines that end a start: where everything is, and one thing to try. */
export const banner = ({ settings, redis, startMs, agents }: BannerFacts): string => {
  const url = address(settings.host, settings.port);
  const internal = address(settings.internalHost, settings.internalPort);
  const data = nearPath(settings.dataDir);
  return [
    '',
    `Parley is ready (${(startMs / 1000).toFixed(1)} s).`,
    `  customer  ${url}/demo   the API: ${url}/genesys/1/service/…`,
    `  desk      ${internal}/desk   agents' API: ${internal}/docs`,
    ...agents.map(({ id, role, token }) => `              ${id} (${role}) signs in with ${token}`),
    `  health    ${internal}/readyz, /metrics; worker: port ${settings.workerPort}`,
    `  Redis     ${redis}`,
    `  data      ${data}   logs: ${data}/logs/{gateway,worker}.log`,
    ...(settings.demoAgent
      ? ['  robot     joins chats for which no agent is ready, and echoes (DEMO_AGENT=0 turns it off)']
      : []),
    '',
    `Try:  open the two pages side by side, or curl -d _verbose=true ${url}/genesys/1/service/request-chat`,
    'Stop: Ctrl-C',
    '',
  ].join('\n');
};

const address = (host: string, port: number): string => {
  const name = reachableHost(host);
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
};

/** A path as one would type it here. */
const nearPath = (path: string): string => {
  const near = relative(process.cwd(), path);
  return near === '' || near.startsWith('..') ? path : `./${near}`;
};
