import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@app/observability';
import { LRUCache } from 'lru-cache';
import { type DialogSyntax, DialogTemplate } from './dialog-template.js';

/** A file of the folder, ready to be shown. */
export interface Dialog {
  readonly contentType: string;
  /** The same for everybody: nothing is filled in. */
  readonly isStatic: boolean;
  readonly template: DialogTemplate;
}

interface DialogType {
  readonly contentType: string;
  readonly syntax: DialogSyntax;
  readonly isStatic: boolean;
}

/** Scripts are not among them: a dialog works without, and what cannot run cannot be abused. */
const TYPES: ReadonlyMap<string, DialogType> = new Map([
  ['html', { contentType: 'text/html;charset=UTF-8', syntax: 'markup', isStatic: false }],
  ['xml', { contentType: 'application/xml;charset=UTF-8', syntax: 'markup', isStatic: false }],
  ['txt', { contentType: 'text/plain;charset=UTF-8', syntax: 'plain', isStatic: false }],
  ['css', { contentType: 'text/css;charset=UTF-8', syntax: 'plain', isStatic: true }],
  ['svg', { contentType: 'image/svg+xml', syntax: 'plain', isStatic: true }],
]);

/** No folder, nothing hidden, and a type at the end. */
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}\.([a-z]{1,8})$/;
/** A dialog is a page or two. In bytes. */
const SIZE_MAX = 262_144;
/** Dialogs that stay at hand. */
const CACHE_MAX = 256;

/** The kind of file that a name stands for; undefined when no dialog may have it. */
const typeOf = (name: string): DialogType | undefined => TYPES.get(NAME.exec(name)?.[1] ?? '');

/** The dialogs of a folder. A changed file is shown changed from then on. */
export class DialogFolder {
  private readonly cache = new LRUCache<string, { readonly mark: string; readonly dialog: Dialog }>({ max: CACHE_MAX });

  constructor(
    private readonly folder: string,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  /** Whether a name is that of a file in which nothing is filled in. */
  isStatic(name: string): boolean {
    return typeOf(name)?.isStatic === true;
  }

  /** @returns undefined when there is no such dialog */
  async find(name: string): Promise<Dialog | undefined> {
    const type = typeOf(name);
    if (type === undefined) return undefined;
    try {
      return await this.read(name, type);
    } catch (error) {
      if (!isAbsence(error)) this.logger.warn({ err: error, dialog: name }, 'a dialog cannot be read');
      return undefined;
    }
  }

  private async read(name: string, { contentType, syntax, isStatic }: DialogType): Promise<Dialog | undefined> {
    const file = await open(join(this.folder, name), 'r');
    try {
      const status = await file.stat();
      const mark = `${status.mtimeMs} ${status.size} ${status.ino}`;
      const cached = this.cache.get(name);
      if (cached?.mark === mark) return cached.dialog;
      if (!status.isFile() || status.size > SIZE_MAX) {
        this.logger.warn({ dialog: name, bytesMax: SIZE_MAX }, 'a dialog is no file, or too large');
        return undefined;
      }
      const dialog = { contentType, isStatic, template: new DialogTemplate(await file.readFile('utf8'), syntax) };
      this.cache.set(name, { mark, dialog });
      return dialog;
    } finally {
      await file.close();
    }
  }
}

const isAbsence = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
