import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SHIPPED = join(import.meta.dirname, '../../services');

/**
 * Copies the shipped services into a folder, with other options of `request-chat`.
 * @param changes - lines of its file to replace, each by another
 * @returns the folder to name in SERVICES_DIR
 */
export const servicesWith = (folder: string, changes: Readonly<Record<string, string>>): string => {
  const services = join(folder, 'services');
  cpSync(SHIPPED, services, { recursive: true });
  const file = join(services, 'request-chat.yaml');
  let source = readFileSync(file, 'utf8');
  for (const [line, other] of Object.entries(changes)) {
    if (!source.includes(line)) throw new Error(`request-chat.yaml has no line "${line}"`);
    source = source.replace(line, other);
  }
  writeFileSync(file, source);
  return services;
};

/** The basic chat may be poked. */
export const POKE_ENABLED = { '_poke_enabled: false': '_poke_enabled: true' } as const;
