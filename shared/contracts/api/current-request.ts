import { AsyncLocalStorage } from 'node:async_hooks';

/** The id of the current request, for code that does not get it as an argument, such as handlers of uncaught errors. */
export const currentRequest = new AsyncLocalStorage<string>();
