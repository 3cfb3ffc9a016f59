import { SettingsError } from './read-settings.js';

const NAME = /^[A-Za-z0-9._-]{1,64}$/;

export const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads the values of one mapping, by path, and in the end refuses what nobody asked for. */
export class Fields {
  private readonly asked = new Set<string>();

  constructor(
    private readonly file: string,
    private readonly path: string,
    private readonly values: Readonly<Record<string, unknown>>,
  ) {}

  /** The keys that are there, where any may be. */
  get keys(): readonly string[] {
    return Object.keys(this.values);
  }

  whole(key: string, standard: number, [min, max]: readonly [number, number], unit: string): number {
    const value = this.take(key) ?? standard;
    if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) return Number(value);
    return this.refuse(key, `whole ${unit} from ${min} to ${max}`, value);
  }

  flag(key: string, standard: boolean): boolean {
    const value = this.take(key) ?? standard;
    return typeof value === 'boolean' ? value : this.refuse(key, 'true or false', value);
  }

  text(key: string, standard: string): string {
    return this.optionalText(key) ?? standard;
  }

  optionalText(key: string): string | undefined {
    const value = this.take(key);
    if (value === undefined) return undefined;
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    return this.refuse(key, 'a text', value);
  }

  oneOf<T extends string>(key: string, standard: T, values: readonly T[]): T {
    const value = this.take(key) ?? standard;
    return values.find((candidate) => candidate === value) ?? this.refuse(key, `one of ${values.join(', ')}`, value);
  }

  texts(key: string): readonly string[] {
    const value = this.take(key) ?? [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    return this.refuse(key, 'a list of texts', value);
  }

  mapping(key: string): Fields {
    const value = this.take(key) ?? {};
    if (isMapping(value)) return new Fields(this.file, `${this.path}${key}.`, value);
    return this.refuse(key, 'a mapping', value);
  }

  /** Undefined when there is none. */
  optionalMapping(key: string): Fields | undefined {
    return this.take(key) === undefined ? undefined : this.mapping(key);
  }

  mappings(key: string): readonly Fields[] {
    const value = this.take(key) ?? [];
    if (!Array.isArray(value) || !value.every(isMapping)) return this.refuse(key, 'a list of mappings', value);
    return value.map((item, index) => new Fields(this.file, `${this.path}${key}[${index}].`, item));
  }

  name(value: string, key: string): string {
    return NAME.test(value) ? value : this.refuse(key, '1 to 64 letters, digits, dots, dashes or underscores', value);
  }

  done(): void {
    const unknown = Object.keys(this.values).find((key) => !this.asked.has(key));
    if (unknown === undefined) return;
    this.refuse(unknown, `one of ${[...this.asked].join(', ')}`, unknown);
  }

  refuse(key: string, expected: string, got: unknown): never {
    throw new SettingsError(`${this.file}: ${this.path}${key}: expected ${expected}, got ${JSON.stringify(got)}`);
  }

  private take(key: string): unknown {
    this.asked.add(key);
    return Object.hasOwn(this.values, key) ? (this.values[key] ?? undefined) : undefined;
  }
}
