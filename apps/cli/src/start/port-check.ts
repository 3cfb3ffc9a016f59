import { setTimeout as pause } from 'node:timers/promises';
import { portTrouble } from '@app/redis';
import { CommandFailure } from '../command-failure.js';
import type { LaunchSettings } from './launch-settings.js';

/** How often a port in use is looked at again, in milliseconds. */
const LOOK_MS = 50;

/**
 * Makes sure that the three ports are free before anything is started.
 * @param patienceMs - how long ports in use may take to become free: services of a killed start are ending
 * @throws CommandFailure naming the setting to change
 */
export const checkPorts = async (settings: LaunchSettings, patienceMs: number): Promise<void> => {
  const doors = [
    { setting: 'PORT', host: settings.host, port: settings.port },
    { setting: 'INTERNAL_PORT', host: settings.internalHost, port: settings.internalPort },
    { setting: 'WORKER_PORT', host: settings.workerHost, port: settings.workerPort },
  ];
  for (const [index, door] of doors.entries()) {
    const twin = doors.slice(0, index).find(({ port }) => port === door.port);
    if (twin !== undefined) {
      throw new CommandFailure(
        `${door.setting}: expected another port than ${twin.setting}, got ${door.port} for both`,
      );
    }
  }
  const deadline = Date.now() + patienceMs;
  for (const { setting, host, port } of doors) {
    let trouble = await portTrouble(port, host);
    while (trouble === 'EADDRINUSE' && Date.now() < deadline) {
      await pause(LOOK_MS);
      trouble = await portTrouble(port, host);
    }
    if (trouble !== undefined) throw new CommandFailure(complaint(setting, host, port, trouble));
  }
};

const complaint = (setting: string, host: string, port: number, trouble: string): string => {
  switch (trouble) {
    case 'EADDRINUSE':
      return (
        `${setting}: port ${port} on ${host} is in use by another program. ` +
        `Stop it, or choose another port: ${setting}=${port + 10} npm start`
      );
    case 'EACCES':
      return `${setting}: this user may not listen on port ${port}; choose one above 1023: ${setting}=8080 npm start`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${setting.replace('PORT', 'HOST')}: expected an address of this machine, got ${host}`;
    default:
      return `${setting}: cannot listen on ${host}:${port} (${trouble})`;
  }
};
