import type { SettingsCheck } from '../check.ts';

/** Which web pages may use the API. */
export const CORS_CHECKS: SettingsCheck[] = [
  {
    id: 'IMG-CORS-001',
    reason: 'Any page that gets hold of a key could use all its permissions, and read private images.',
    remedy: 'list the origins of your pages in api.corsOrigins; every page may read public images anyway.',
    find: ({ api, storage }) => !storage.disposable && api.corsOrigins.includes('*') && 'api.corsOrigins contains *',
  },
];
