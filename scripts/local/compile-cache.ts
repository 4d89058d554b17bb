import { fileURLToPath } from 'node:url';

/** Where Node keeps what it has compiled of a program, which it then need not do at every start. Nobody else may write there. */
export const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/node-compile-cache', import.meta.url));
