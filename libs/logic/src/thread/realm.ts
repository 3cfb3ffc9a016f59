import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, type Context, createContext, runInContext, Script, SourceTextModule } from 'node:vm';
import type * as Entry from '../machine/entry.js';

/** How a logic's file is named in stacks. */
export const LOGIC_FILE = 'logic.mjs';

const MACHINE_FOLDER = fileURLToPath(new URL('../machine/', import.meta.url));

/** XState's own ES modules: a logic's realm has its own copy of it. */
const xstateFile = (): string => {
  const require = createRequire(import.meta.url);
  const file = require.resolve('xstate/package.json');
  const { exports } = require(file) as { readonly exports: { readonly '.': { readonly module: string } } };
  return join(dirname(file), exports['.'].module);
};

const XSTATE = xstateFile();
const texts = new Map<string, string>();

const textOf = (file: string): string => {
  const known = texts.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(file, 'utf8');
  texts.set(file, text);
  return text;
};

/** XState makes a logger at its start; in a realm nobody reads what is said. */
const CONSOLE = `globalThis.console = Object.freeze(Object.fromEntries(
  ['log', 'info', 'warn', 'error', 'debug'].map((name) => [name, Object.freeze(() => undefined)])))`;

/**
 * A world of its own for one version of a logic: the language and XState, nothing of the server. Two logics never meet,
 * so that neither can change what the other stands on.
 */
export class Realm {
  private constructor(
    private readonly context: Context,
    private readonly entry: typeof Entry,
  ) {}

  static async open(): Promise<Realm> {
    // A plain global object: it can be frozen, and looking a name up in it costs no call into Node.
    const context = createContext(constants.DONT_CONTEXTIFY, { codeGeneration: { strings: false, wasm: false } });
    runInContext(CONSOLE, context);
    const modules = new Map<string, SourceTextModule>();
    const moduleOf = (file: string): SourceTextModule => {
      const known = modules.get(file);
      if (known !== undefined) return known;
      const made = new SourceTextModule(textOf(file), { context, identifier: file });
      modules.set(file, made);
      return made;
    };
    const entry = moduleOf(join(MACHINE_FOLDER, 'entry.js'));
    await entry.link((specifier, { identifier }) =>
      moduleOf(specifier === 'xstate' ? XSTATE : join(dirname(identifier), specifier)),
    );
    await entry.evaluate();
    const realm = new Realm(context, entry.namespace as typeof Entry);
    realm.entry.hardenRealm();
    return realm;
  }

  /** Reads the file of a logic. @returns JSON of an Answer */
  async load(source: string): Promise<string> {
    let module: SourceTextModule;
    try {
      module = new SourceTextModule(source, {
        context: this.context,
        identifier: LOGIC_FILE,
        importModuleDynamically: () => refuseImport(),
      });
    } catch (error) {
      return refusalOf(`SyntaxError: ${messageOf(error)}`, lineOfSyntaxError(source));
    }
    try {
      await module.link(() => refuseImport());
      await module.evaluate();
      return this.entry.load(LOGIC_FILE, (module.namespace as { readonly default?: unknown }).default);
    } catch (error) {
      // What is of our own world was thrown by Node or by us, what is of the realm by the logic.
      return error instanceof Error ? refusalOf(error.message) : this.entry.refusal(LOGIC_FILE, error);
    }
  }

  /** @returns JSON of an Answer */
  run(json: string): string {
    return this.entry.run(json);
  }

  /** @returns JSON of an Answer */
  check(json: string): string {
    return this.entry.check(json);
  }
}

const refuseImport = (): never => {
  throw new Error('expected no imports: a logic is one file; what it needs comes as the argument of its function');
};

const refusalOf = (message: string, line?: number): string => {
  const failure: Entry.TextOfFailure = { kind: 'invalid', message, ...(line === undefined ? {} : { line }) };
  return JSON.stringify({ failure } satisfies Entry.Answer);
};

/** Of an error of any world. */
const messageOf = (error: unknown): string => String((error as { readonly message?: unknown } | null)?.message);

/** Node tells the line of a script only, so the module is read as one. */
const lineOfSyntaxError = (source: string): number | undefined => {
  try {
    new Script(source.replace(/\bexport\s+default\b/, '_ ='), { filename: LOGIC_FILE });
    return undefined;
  } catch (error) {
    const stack = String((error as { readonly stack?: unknown } | null)?.stack);
    const line = /^logic\.mjs:(\d+)/.exec(stack)?.[1];
    return line === undefined ? undefined : Number(line);
  }
};
