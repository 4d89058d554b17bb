import { AsyncLocalStorage } from 'node:async_hooks';

/** The id of the request that something happens for, where nobody hands it on: in an error that nobody caught. */
export const currentRequest = new AsyncLocalStorage<string>();
