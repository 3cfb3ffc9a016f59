import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { settingsTable } from '@app/config';
import { CommandFailure } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { replaceSettings } from './settings-block.js';

/** Prints the table of settings, or with `--write` puts it into docs/configuration.md below the working folder. */
export const configDoc = (args: readonly string[]): number => {
  const [option, ...rest] = args;
  if (rest.length > 0 || (option !== undefined && option !== '--write')) {
    throw new CommandFailure('config-doc: expected nothing or --write', exitCode.usage);
  }
  const table = settingsTable().trim();
  if (option === undefined) {
    process.stdout.write(`${table}\n`);
    return exitCode.ok;
  }
  const file = resolve('docs', 'configuration.md');
  let page: string;
  try {
    page = readFileSync(file, 'utf8');
  } catch {
    throw new CommandFailure(`config-doc --write: ${file} is not there; run it from the repository's folder`);
  }
  const replaced = replaceSettings(page, table);
  if (replaced === undefined) {
    throw new CommandFailure(`config-doc --write: ${file} has no <!-- settings:begin --> … <!-- settings:end -->`);
  }
  writeFileSync(file, replaced);
  process.stdout.write(`${file} written\n`);
  return exitCode.ok;
};
