import { createHash } from 'node:crypto';
import { stringify } from 'safe-stable-stringify';

/** The SHA-256, in hex, of a value's JSON with sorted keys: it is the same for equal values, in whatever order their keys come. */
export const fingerprintOf = (value: object): string =>
  createHash('sha256')
    .update(String(stringify(value)))
    .digest('hex');
