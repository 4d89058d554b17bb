import { createHash } from 'node:crypto';
import { stringify } from 'safe-stable-stringify';

/** SHA-256, in hex, of a value's JSON with its keys in order: equal for equal values, however they were written. */
export const fingerprintOf = (value: object): string =>
  createHash('sha256')
    .update(String(stringify(value)))
    .digest('hex');
