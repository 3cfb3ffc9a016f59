import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

type Callback = () => void;

/**
 * Replies that are on their way, by connection: should it close first, whoever made them is told. One listener for a
 * connection; a listener for every reply would cost more than all other parts of a small reply together.
 */
export class LostReplies {
  private readonly open = new WeakMap<Socket, Map<ServerResponse, Callback>>();

  /** Calls back when the connection closes before `written` is told of the reply. */
  expect(reply: ServerResponse, onLost: Callback): void {
    const { socket } = reply;
    if (socket === null || socket.destroyed) {
      onLost();
      return;
    }
    let replies = this.open.get(socket);
    if (replies === undefined) {
      const mine = new Map<ServerResponse, Callback>();
      this.open.set(socket, mine);
      socket.once('close', () => {
        for (const callback of mine.values()) callback();
      });
      replies = mine;
    }
    replies.set(reply, onLost);
  }

  /** The reply has been handed to the connection whole. */
  written(reply: ServerResponse, socket: Socket): void {
    this.open.get(socket)?.delete(reply);
  }
}
