/** What a request may be at most; checked before anything is made of it. */
export interface BayeuxLimits {
  /** Body of a POST, query of a GET, or frame of a websocket. @defaultValue 65536 */
  readonly bodyBytes: number;
  /** Messages in one request. @defaultValue 64 */
  readonly messages: number;
  /** Arrays and objects inside one another. @defaultValue 32 */
  readonly depth: number;
  /** Characters of a channel. @defaultValue 256 */
  readonly channelLength: number;
  /** Characters of an id, of a message or a client. @defaultValue 128 */
  readonly idLength: number;
  /** Characters of a user's name. @defaultValue 256 */
  readonly userLength: number;
}

export const DEFAULT_LIMITS: BayeuxLimits = {
  bodyBytes: 65_536,
  messages: 64,
  depth: 32,
  channelLength: 256,
  idLength: 128,
  userLength: 256,
};
