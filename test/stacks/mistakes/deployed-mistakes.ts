import { type Mistake, setting } from './mistake.ts';

/** Settings that are fine for an example, but not for an environment that is deployed and keeps something. */
export const DEPLOYED_MISTAKES: Mistake[] = [
  ["placeholders left with one's own account", 'IMG-PLACE-001', setting('accountId', '222233334444')],
  ['an API open to every page', 'IMG-CORS-001', setting('api.corsOrigins', ['*'])],
];
