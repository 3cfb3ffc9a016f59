import { relative } from 'node:path';
import type { LaunchSettings } from './launch-settings.js';
import { reachableHost } from './readiness.js';

/** What the last lines of a start tell. */
export interface BannerFacts {
  readonly settings: LaunchSettings;
  /** Which Redis keeps the chats and how safely, in a few words. */
  readonly redis: string;
  readonly startMs: number;
}

/** The lines that end a start: where everything is, and one thing to try. */
export const banner = ({ settings, redis, startMs }: BannerFacts): string => {
  const url = address(settings.host, settings.port);
  const data = nearPath(settings.dataDir);
  return [
    '',
    `Parley is ready (${(startMs / 1000).toFixed(1)} s).`,
    `  public    ${url}/genesys/1/service/…`,
    `  internal  ${address(settings.internalHost, settings.internalPort)}   health, readiness and metrics; worker: port ${settings.workerPort}`,
    `  Redis     ${redis}`,
    `  data      ${data}   logs: ${data}/logs/{gateway,worker}.log`,
    ...(settings.demoAgent
      ? ['  agent     a robot joins each chat and echoes what it is told (DEMO_AGENT=0 turns it off)']
      : []),
    '',
    `Try:  curl -d _verbose=true ${url}/genesys/1/service/request-chat`,
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
