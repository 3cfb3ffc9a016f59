import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vite';

/** Pages by the name of their folder, which is also the path that they are served at. */
export const PAGES = ['desk', 'demo'] as const;

const here = import.meta.dirname;

/** One page a build: `--mode desk` or `--mode demo`. */
export default defineConfig(({ mode }) => {
  const page = PAGES.find((name) => name === mode) ?? 'desk';
  const root = join(here, page);
  if (!existsSync(join(root, 'index.html'))) throw new Error(`expected a page at ${root}`);
  return {
    root,
    base: `/${page}/`,
    publicDir: existsSync(join(root, 'public')) ? join(root, 'public') : false,
    cacheDir: join(here, '../../.cache/vite'),
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: join(here, '../../dist/apps/desk', page),
      emptyOutDir: true,
      // Whatever is newer than these has light-dark(), dialogs and nested style rules.
      target: ['chrome123', 'edge123', 'firefox121', 'safari17.5'],
      // The policy of the page allows no script but its own files.
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      reportCompressedSize: false,
    },
    // `npx vite --config apps/desk/vite.config.ts --mode desk`: a gateway on its usual ports does the rest.
    server: {
      proxy: {
        '/agent': 'http://127.0.0.1:8081',
        '/desk/config.json': 'http://127.0.0.1:8081',
        '/genesys': 'http://127.0.0.1:8080',
      },
    },
  };
});
