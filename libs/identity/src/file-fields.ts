import { SettingsError } from '@app/config';

export const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** Shorter than any token: what is longer may be one, wherever it was put by mistake, and is not told. */
const SHOWN_MAX = 20;

/** What came, for a message. */
const shown = (value: unknown): string => {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') {
    return value.length <= SHOWN_MAX ? JSON.stringify(value) : `a text of ${value.length} characters`;
  }
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return String(value).length <= SHOWN_MAX ? String(value) : 'a long number';
  return Array.isArray(value) ? 'a list' : 'a mapping';
};

/** A name that was given in the file, as part of a path. */
export const shownName = (name: string): string => (name.length <= SHOWN_MAX ? name : '…');

/** What came where a secret belongs. */
export const shownSecret = (value: unknown): string =>
  typeof value === 'string' ? `a text of ${value.length} characters` : isNumeric(value) ? 'a number' : shown(value);

const isNumeric = (value: unknown): boolean => typeof value === 'number' || typeof value === 'bigint';

/** Reads one mapping of a file that holds secrets, by path, and in the end refuses what nobody asked for. */
export class FileFields {
  private readonly asked = new Set<string>();

  constructor(
    private readonly file: string,
    /** Of this mapping, with a dot at its end; empty for the whole file. */
    readonly path: string,
    private readonly values: Readonly<Record<string, unknown>>,
  ) {}

  /** Undefined where it is left out. */
  value(key: string): unknown {
    this.asked.add(key);
    return Object.hasOwn(this.values, key) ? (this.values[key] ?? undefined) : undefined;
  }

  flag(key: string, standard: boolean): boolean {
    const value = this.value(key) ?? standard;
    return typeof value === 'boolean' ? value : this.refuse(key, 'true or false', value);
  }

  /** A text that passes a test. */
  text(key: string, expected: string, isSound: (text: string) => boolean, standard?: string): string {
    const value = this.value(key) ?? standard;
    return typeof value === 'string' && isSound(value) ? value : this.refuse(key, expected, value);
  }

  list(key: string, lengthMax: number): readonly unknown[] | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    if (!isList(value)) return this.refuse(key, 'a list', value);
    return value.length <= lengthMax ? value : this.refuse(key, `a list of at most ${lengthMax}`, value.length);
  }

  mappings(key: string, lengthMax: number): readonly FileFields[] | undefined {
    return this.list(key, lengthMax)?.map((item, index) =>
      isMapping(item)
        ? new FileFields(this.file, `${this.path}${key}[${index}].`, item)
        : this.refuse(`${key}[${index}]`, 'a mapping', item),
    );
  }

  done(): void {
    const unknown = Object.keys(this.values).find((key) => !this.asked.has(key));
    if (unknown === undefined) return;
    const known = [...this.asked].join(', ');
    throw new SettingsError(`${this.file}: ${this.place}expected only ${known}, got ${shown(unknown)} too`);
  }

  refuse(key: string, expected: string, got: unknown): never {
    return this.refuseAs(key, expected, shown(got));
  }

  /** @param got - as it may be told */
  refuseAs(key: string, expected: string, got: string): never {
    throw new SettingsError(`${this.file}: ${this.path}${key}: expected ${expected}, got ${got}`);
  }

  private get place(): string {
    return this.path === '' ? '' : `${this.path.slice(0, -1)}: `;
  }
}
