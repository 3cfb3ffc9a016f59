import { fileURLToPath } from 'node:url';

/** The folder of package.json, wherever the repository was cloned to. */
export const root = fileURLToPath(new URL('../../', import.meta.url));
