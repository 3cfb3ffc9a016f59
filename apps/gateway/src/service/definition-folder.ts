import { statSync } from 'node:fs';
import { checkNames, definitionFiles, readDefinitionFile, type ServiceDefinition, SettingsError } from '@app/config';
import type { Logger } from '@app/observability';

export interface DefinitionFolderOptions {
  readonly folder: string;
  readonly logger: Pick<Logger, 'info' | 'error'>;
  /** Told of the definitions whenever they have changed. */
  readonly onChanged: (definitions: readonly ServiceDefinition[]) => void;
  /** How often the folder is looked at, in milliseconds; 0 for never. @defaultValue 1000 */
  readonly pollMs?: number;
}

/**
 * The service definitions of a folder, followed as its files change. A file that is broken is told of once, and the
 * definition before stays until it is sound again; at the start it is refused.
 */
export class DefinitionFolder {
  private definitions: ReadonlyMap<string, ServiceDefinition>;
  /** What of each file was looked at last: time, size and place. */
  private marks: ReadonlyMap<string, string>;
  private readonly timer: NodeJS.Timeout | undefined;

  /** @throws SettingsError naming file, path and expectation */
  constructor(private readonly options: DefinitionFolderOptions) {
    const { folder, pollMs = 1_000 } = options;
    const files = definitionFiles(folder);
    this.marks = marksOf(files);
    this.definitions = new Map(files.map((file) => [file, readDefinitionFile(file)]));
    checkNames(this.definitions);
    if (pollMs === 0) return;
    this.timer = setInterval(() => {
      this.look();
    }, pollMs).unref();
  }

  get all(): readonly ServiceDefinition[] {
    return [...this.definitions.values()];
  }

  /** Looks at the folder now. */
  look(): void {
    const { folder, logger, onChanged } = this.options;
    try {
      const files = definitionFiles(folder);
      const marks = marksOf(files);
      if (isSame(marks, this.marks)) return;
      const before = this.marks;
      this.marks = marks;
      this.definitions = this.read(files, (file) => marks.get(file) !== before.get(file));
      onChanged(this.all);
      logger.info({ services: this.all.map(({ name }) => name) }, 'the service definitions were read again');
    } catch (error) {
      // A folder that is being replaced is away for a moment; what stood in it stays.
      if (!(error instanceof SettingsError)) throw error;
      logger.error({ err: error }, 'the folder of the service definitions cannot be read');
    }
  }

  close(): void {
    clearInterval(this.timer);
  }

  private read(
    files: readonly string[],
    hasChanged: (file: string) => boolean,
  ): ReadonlyMap<string, ServiceDefinition> {
    const definitions = new Map<string, ServiceDefinition>();
    // Those that stay come first: a new file cannot take a name away from them.
    for (const file of [...files].sort((a, b) => Number(hasChanged(a)) - Number(hasChanged(b)))) {
      const former = this.definitions.get(file);
      const definition = hasChanged(file) ? this.taken(file, former, definitions) : former;
      if (definition !== undefined) definitions.set(file, definition);
    }
    return definitions;
  }

  /** What a changed file defines, or what it defined before. */
  private taken(
    file: string,
    former: ServiceDefinition | undefined,
    others: ReadonlyMap<string, ServiceDefinition>,
  ): ServiceDefinition | undefined {
    try {
      const definition = readDefinitionFile(file);
      checkNames([...others, [file, definition]]);
      return definition;
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      const { message: reason } = error;
      this.options.logger.error({ file, reason }, 'a service definition cannot be taken; the one before stays');
      return former === undefined || isTaken(former, others) ? undefined : former;
    }
  }
}

/** Another file may have got its name meanwhile. */
const isTaken = ({ name, aliases }: ServiceDefinition, others: ReadonlyMap<string, ServiceDefinition>): boolean =>
  [...others.values()].some((other) =>
    [other.name, ...other.aliases].some((taken) => taken === name || aliases.includes(taken)),
  );

const marksOf = (files: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    files.map((file) => {
      // One that went between two looks is read as absent by the next.
      const { mtimeMs, size, ino } = statSync(file, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: 0, ino: 0 };
      return [file, `${mtimeMs} ${size} ${ino}`] as const;
    }),
  );

const isSame = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean =>
  one.size === other.size && [...one].every(([file, mark]) => other.get(file) === mark);
