import type { BenchOptions } from '../measure/options.js';
export interface Part {
  readonly name: string;
  readonly us: number;
  readonly isOnTheWay: boolean;
}
export const measureParts = (_: BenchOptions): readonly Part[] => [];
