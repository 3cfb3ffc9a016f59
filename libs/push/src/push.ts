/** Something to tell a device. */
export interface Push {
  /** What the provider calls the device by: a token, or for `httpcb` a URL. Never logged. */
  readonly deviceId: string;
  readonly text: string;
  readonly serviceId: string;
  /** Texts that the customer has missed, oldest first. */
  readonly lastTranscript: readonly string[];
  /** Pushes of the same one replace each other on the device; 1 to 64 ASCII characters. */
  readonly collapseId: string;
}

/**
 * What became of one try. `gone`: the device is not registered any more. `refused`: another try would end the same.
 * Reasons are a provider's own words for a kind of failure, never the device or the text.
 */
export type PushResult =
  | { readonly outcome: 'delivered' }
  | { readonly outcome: 'retry'; readonly reason: string; readonly afterMs?: number }
  | { readonly outcome: 'gone' }
  | { readonly outcome: 'refused'; readonly reason: string };

/** One way to reach devices. Never throws: what goes wrong is a result. */
export interface PushProvider {
  send(push: Push): Promise<PushResult>;
  close(): void;
}

export const DELIVERED: PushResult = { outcome: 'delivered' };

/** The JSON text that applications find under the key `message`. @see GMS push notification, custom payload */
export const messageText = ({ text, serviceId, lastTranscript }: Push): string =>
  JSON.stringify({
    message: text,
    serviceId,
    lastTranscript: lastTranscript.map((line) => ({ 'Message.Text': line })),
  });
