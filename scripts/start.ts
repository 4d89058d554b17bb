import { enableCompileCache } from 'node:module';
import { COMPILE_CACHE } from './local/compile-cache.ts';

// The command itself is local/start-command.ts. Static imports are compiled before the cache can be enabled, so it is imported dynamically.
enableCompileCache(COMPILE_CACHE);
await import('./local/start-command.ts');
