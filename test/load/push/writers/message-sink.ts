/** Takes the messages of agents to where a server finds them. */
export interface MessageSink {
  /** Resolves when the message is kept. */
  write(user: number, text: string): Promise<void>;
  close(): void;
}

/** An event of a chat as the small servers carry it: the same five strings as the product's. */
export const eventOf = (text: string): readonly string[] => ['Message.Text', 'Agent', text, '12', 'AGENT'];
