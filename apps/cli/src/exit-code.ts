/** Exit codes of the commands, as sysexits.h names them. */
export const exitCode = {
  ok: 0,
  /** A fault that is not the setting's: it is on the terminal. */
  failed: 1,
  /** EX_USAGE: the command line is wrong. */
  usage: 64,
  /** EX_DATAERR: a file that was named is not as it must be. */
  data: 65,
  /** EX_UNAVAILABLE: Redis cannot be reached. */
  unavailable: 69,
  /** EX_CONFIG: a setting or this machine is not as it must be; a restart would not help. */
  config: 78,
} as const;
