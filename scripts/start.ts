import { enableCompileCache } from 'node:module';
import { COMPILE_CACHE } from './local/compile-cache.ts';

// What is imported statically is compiled before anything can be said about it, so the program itself comes after this.
enableCompileCache(COMPILE_CACHE);
await import('./local/start-command.ts');
