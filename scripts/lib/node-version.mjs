/** The oldest Node that can `require` an ES module and runs our dependencies: keep equal to `engines` in package.json. */
const OLDEST = [20, 19];

/** Exit code of a start that a wrong setting or machine ended: EX_CONFIG of sysexits.h. */
export const EXIT_CONFIG = 78;

/** Ends the process with a clear message when this Node is too old. */
export function requireNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  process.stderr.write(
    `Parley needs Node ${OLDEST.join('.')} or newer; this is Node ${version} (${process.execPath}).\n` +
      'Install Node 20 or 24 (for example with nvm: `nvm install 24`) and run the command again.\n',
  );
  process.exit(EXIT_CONFIG);
}
