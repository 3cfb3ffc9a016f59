import { CommandFailure } from './command-failure.js';
import { exitCode } from './exit-code.js';

const USAGE = `usage: parley <command>

  start                  brings up Redis, gateway and worker on this machine
  doctor                 what is as it must be here, what is not, and what to do about it
  services [--state waiting|chatting|ended] [--json]
                         what is alive in the store
  tail [SERVICE] [--text]
                         events as they come, until Ctrl-C
  transcript verify [SERVICE | --file FILE]
                         walks the hash chain of a service, of the whole store, or of an exported file
  transcript show SERVICE [--json]
  transcript export SERVICE [--out FILE]
                         a transcript to read, or to keep and verify again
  dead-letters list|replay [--queue NAME]
                         what workers gave up; replay has it tried again
  user export USER [--out FILE]
                         all that the store has of an end user, as JSON
  user erase USER --yes  forgets an end user: his services, their events and data
  audit [--last N]       what administrators did, newest first
  logic-check FILE       checks a service logic: its states, effects and statuses, or what is wrong with it
  config-doc [--write]   prints the table of settings; --write puts it into docs/configuration.md

Settings are environment variables (docs/configuration.md). Beside a running npm start none is needed.
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
    case 'logic-check': {
      const { logicCheck } = await import('./logic-check/logic-check.js');
      return logicCheck(args);
    }
    case 'doctor': {
      const { doctor } = await import('./doctor/doctor.js');
      return doctor(args);
    }
    case 'services': {
      const { services } = await import('./services/services.js');
      return services(args);
    }
    case 'tail': {
      const { tail } = await import('./tail/tail.js');
      return tail(args);
    }
    case 'transcript': {
      const { transcript } = await import('./transcript/transcript.js');
      return transcript(args);
    }
    case 'dead-letters': {
      const { deadLetters } = await import('./dead-letters/dead-letters.js');
      return deadLetters(args);
    }
    case 'user': {
      const { user } = await import('./user/user.js');
      return user(args);
    }
    case 'audit': {
      const { audit } = await import('./audit/audit.js');
      return audit(args);
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
