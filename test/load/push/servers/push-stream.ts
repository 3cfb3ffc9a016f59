/** The one stream that the bare server pushes from. */
export const pushStream = (keyPrefix: string): string => `${keyPrefix}:push`;

/** What the bare server with a stream per user reads. */
export const userStream = (keyPrefix: string, user: string): string => `${keyPrefix}:to:${user}`;

/** Behind the prefix: where that server hears whose stream has grown. */
export const WAKE_CHANNEL = 'wake';
