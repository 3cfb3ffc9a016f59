import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** A file as it is served. */
export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** Undefined where it would not be smaller. */
  readonly gzipped: Buffer | undefined;
  readonly etag: string;
  /** Its name changes with its content: whoever has it need not ask again. */
  readonly isImmutable: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html;charset=UTF-8',
  '.js': 'text/javascript;charset=UTF-8',
  '.css': 'text/css;charset=UTF-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json;charset=UTF-8',
  '.webmanifest': 'application/manifest+json',
};
/** What the build names by content: `assets/main-B5xQ9f2a.js`. */
const HASHED = /^assets\/.+-[A-Za-z0-9_-]{8}\.\w+$/;
/** Smaller files are not worth packing, in bytes. */
const WORTH_PACKING = 1_000;

const fileOf = (path: string, name: string): PageFile | undefined => {
  const type = TYPES[extname(name)];
  if (type === undefined) return undefined;
  const bytes = readFileSync(path);
  const packed = bytes.length < WORTH_PACKING || type.startsWith('image/png') ? undefined : gzipSync(bytes);
  return {
    ...{ type, bytes },
    gzipped: packed !== undefined && packed.length < bytes.length ? packed : undefined,
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 16)}"`,
    isImmutable: HASHED.test(name),
  };
};

/** The files of a page, read once: what is asked for by name is looked up, never opened. */
export class PageFolder {
  private readonly files = new Map<string, PageFile>();

  /** @param only - names to take; all of them when there are none given */
  constructor(folder: string, only?: readonly string[]) {
    for (const name of only ?? namesIn(folder)) {
      const file = fileOf(join(folder, name), name);
      if (file !== undefined) this.files.set(name, file);
    }
  }

  /** Whether there is a page at all: a build without pages has none. */
  get isThere(): boolean {
    return this.files.size > 0;
  }

  /** @param name - with forward slashes; '' is the page itself */
  get(name: string): PageFile | undefined {
    return this.files.get(name === '' ? 'index.html' : name);
  }

  set(name: string, text: string): void {
    const type = TYPES[extname(name)] ?? '';
    const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 16)}"`;
    this.files.set(name, { type, bytes: Buffer.from(text), gzipped: undefined, etag, isImmutable: false });
  }
}

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) =>
        join(parentPath, name)
          .slice(folder.length + 1)
          .replaceAll('\\', '/'),
      );
  } catch {
    return [];
  }
};
