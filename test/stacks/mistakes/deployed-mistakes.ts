import { type Mistake, setting } from './mistake.ts';

/** What must be one's own, or closer, where an environment is deployed and keeps something. */
export const DEPLOYED_MISTAKES: Mistake[] = [
  ["placeholders left with one's own account", 'IMG-PLACE-001', setting('accountId', '222233334444')],
  ['every page of anybody', 'IMG-CORS-001', setting('api.corsOrigins', ['*'])],
];
