import { CommandFailure } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { exportTranscript } from './export-transcript.js';
import { showTranscript } from './show-transcript.js';
import { verifyFile, verifyTranscripts } from './verify-transcripts.js';

const USAGE =
  'transcript: expected verify [SERVICE | --file FILE], show SERVICE [--json] or export SERVICE [--out FILE]';

/** `transcript verify|show|export`. */
export const transcript = (args: readonly string[]): Promise<number> => {
  const [act, ...rest] = args;
  const [first, second, third] = rest;
  if (act === 'verify') {
    if (rest.length === 2 && first === '--file' && second !== undefined) return verifyFile(second);
    if (rest.length <= 1 && first?.startsWith('--') !== true) return verifyTranscripts(first);
  }
  if (first !== undefined && !first.startsWith('--')) {
    if (act === 'show' && (rest.length === 1 || (rest.length === 2 && second === '--json'))) {
      return showTranscript(first, second === '--json');
    }
    if (act === 'export' && (rest.length === 1 || (rest.length === 3 && second === '--out'))) {
      return exportTranscript(first, third);
    }
  }
  throw new CommandFailure(USAGE, exitCode.usage);
};
