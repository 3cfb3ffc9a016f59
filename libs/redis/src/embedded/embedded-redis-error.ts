/** Why no Redis of our own could be had, in words for the person at the terminal. The machine or a setting is at fault. */
export class EmbeddedRedisError extends Error {
  override readonly name = 'EmbeddedRedisError';
}
