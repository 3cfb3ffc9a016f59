/** Every version of a logic that a service was started with: a worker can run it after the file has changed. */
export interface LogicVersions {
  /** @param hash - see `hashOfLogic` */
  save(hash: string, source: string): Promise<void>;
  /** The source of a version; undefined when nobody has saved it. */
  load(hash: string): Promise<string | undefined>;
}
