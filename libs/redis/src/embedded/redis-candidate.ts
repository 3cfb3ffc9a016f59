/** A program that may or may not turn out to be a usable server. */
export interface RedisCandidate {
  readonly path: string;
  /** Environment it needs besides ours. */
  readonly env: Readonly<Record<string, string>>;
}
