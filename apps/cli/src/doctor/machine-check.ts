import { existsSync, statfsSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadServiceDefinitions, type Settings, SettingsError } from '@app/config';
import { AgentsFile } from '@app/identity';
import { loadPushSettings } from '@app/push';
import { failed, type Finding, ok, warn } from './finding.js';

const NODE_MIN = [20, 19] as const;
const FREE_MIN_BYTES = 1_073_741_824;

const nodeVersion = (version: string): Finding => {
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number);
  const isNew = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  return isNew ? ok(`Node ${version}`) : failed(`Node ${version}`, `install Node ${NODE_MIN.join('.')} or newer`);
};

/** Reads a file of the settings as the processes will. */
const readable = (what: string, read: () => string): Finding => {
  try {
    return ok(`${what}: ${read()}`);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return failed(what, error.message.replaceAll('\n', '; '));
  }
};

const freeDisk = (dataDir: string): Finding[] => {
  const folder = resolve(dataDir);
  if (!existsSync(folder)) return [];
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const what = `${(free / FREE_MIN_BYTES).toFixed(1)} GiB free at ${folder}`;
  return [free < FREE_MIN_BYTES ? warn(what, 'make room: with a full disk nothing is written any more') : ok(what)];
};

/** What can be judged without Redis. */
export const checkMachine = ({ servicesDir, agentsFile, agentJwtIssuer, pushConfig, dataDir }: Settings): Finding[] => [
  nodeVersion(process.version),
  readable(`services in ${servicesDir}`, () =>
    loadServiceDefinitions(servicesDir)
      .map(({ name }) => name)
      .join(', '),
  ),
  agentsFile === undefined
    ? agentJwtIssuer === undefined
      ? warn(
          'agents: neither AGENTS_FILE nor AGENT_JWT_ISSUER',
          'nobody can sign in at the desk; `npm start` makes a file',
        )
      : ok('agents sign in by JWT')
    : readable(`agents in ${agentsFile}`, () => {
        const file = AgentsFile.open(agentsFile, { info: () => undefined, error: () => undefined }, { pollMs: 0 });
        return `${file.all.length} of them`;
      }),
  pushConfig === undefined
    ? warn('pushes: PUSH_CONFIG is not set', 'pokes and pushes end as not configured; docs/push.md')
    : readable(`pushes by ${pushConfig}`, () => {
        loadPushSettings(pushConfig);
        return 'sound';
      }),
  ...freeDisk(dataDir),
];
