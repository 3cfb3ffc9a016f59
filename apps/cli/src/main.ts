import { CommandFailure } from './command-failure.js';
import { exitCode } from './exit-code.js';

const USAGE = `usage: parley <command>

  start                  brings up Redis, gateway and worker on this machine
  config-doc [--write]   prints the table of settings; --write puts it into docs/configuration.md
`;

/** Runs one command; each loads only what it needs. */
const run = async ([command, ...args]: readonly string[]): Promise<number> => {
  switch (command) {
    case 'start': {
      if (args.length > 0) throw new CommandFailure(`start takes no arguments: settings are environment variables`, 64);
      const { start } = await import('./start/start.js');
      return start();
    }
    case 'config-doc': {
      const { configDoc } = await import('./config-doc/config-doc.js');
      return configDoc(args);
    }
    case undefined:
    default:
      process.stderr.write(USAGE);
      return exitCode.usage;
  }
};

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof CommandFailure)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.code;
}
