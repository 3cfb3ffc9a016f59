/** What went wrong besides the history, each with its time and the faults that went on then. */
export class Failures {
  readonly all: string[] = [];
  /** The names of the faults that go on now. */
  readonly underWay = new Set<string>();
  private readonly begunMs = performance.now();

  add(what: string): void {
    const seconds = ((performance.now() - this.begunMs) / 1_000).toFixed(1);
    this.all.push(`at ${seconds} s (${[...this.underWay].join(', ')}): ${what}`);
  }
}
