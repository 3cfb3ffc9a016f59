/** Two short tones, in hertz. */
const TONES = [740, 988] as const;
const TONE_S = 0.14;
/** Between one ring and the next, in milliseconds. */
const EVERY_MS = 3_000;
const LOUDNESS = 0.12;

/** Rings until it is stopped. Without a sound device, or before the page was touched, it stays silent. */
export class Ring {
  private context: AudioContext | undefined;
  private timer: number | undefined;
  isMuted = false;

  start(): void {
    if (this.timer !== undefined) return;
    this.beep();
    this.timer = window.setInterval(() => {
      this.beep();
    }, EVERY_MS);
  }

  stop(): void {
    window.clearInterval(this.timer);
    this.timer = undefined;
  }

  private beep(): void {
    if (this.isMuted) return;
    try {
      this.context ??= new AudioContext();
      const { context } = this;
      if (context.state === 'suspended') void context.resume();
      TONES.forEach((frequency, index) => {
        playTone(context, frequency, context.currentTime + index * TONE_S);
      });
    } catch {
      // No sound here; the offer is seen all the same.
    }
  }
}

const playTone = (context: AudioContext, frequency: number, atS: number): void => {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(LOUDNESS, atS);
  gain.gain.exponentialRampToValueAtTime(0.001, atS + TONE_S);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(atS);
  oscillator.stop(atS + TONE_S);
};
