const LENGTH = /\r\ncontent-length: *(\d+)/i;

/** Finds the end of each reply on a connection: status and length are all that a driver wants to know of it. */
export class ReplyScanner {
  status = 0;
  bodyBytes = 0;
  /** A head that has not come whole. */
  private head: Buffer | undefined;
  /** Bytes of the body that are still to come; -1 while the head is. */
  private left = -1;

  /**
   * Takes what came in; true when a reply is complete.
   * @throws Error when a reply has no Content-Length, or more came than was asked for
   */
  take(chunk: Buffer): boolean {
    if (this.left < 0) {
      const whole = this.head === undefined ? chunk : Buffer.concat([this.head, chunk]);
      const end = whole.indexOf('\r\n\r\n');
      if (end < 0) {
        this.head = whole;
        return false;
      }
      this.head = undefined;
      this.readHead(whole.toString('latin1', 0, end));
      this.left = this.bodyBytes - (whole.length - end - 4);
    } else {
      this.left -= chunk.length;
    }
    if (this.left > 0) return false;
    if (this.left < 0) throw new Error('a reply is longer than its Content-Length says');
    this.left = -1;
    return true;
  }

  private readHead(head: string): void {
    const length = LENGTH.exec(head)?.[1];
    if (length === undefined) throw new Error('a reply has no Content-Length');
    this.status = Number(head.slice(9, 12));
    this.bodyBytes = Number(length);
  }
}
