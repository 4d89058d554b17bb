import type { SettingsCheck } from '../check.ts';

/** Which pages may do what in the name of who looks at them. */
export const CORS_CHECKS: SettingsCheck[] = [
  {
    id: 'IMG-CORS-001',
    reason:
      'A page of anybody could do with a key all that its holder may, once it gets hold of one, and read what is private.',
    remedy: 'name the origins of your pages in api.corsOrigins; public images are for every page without that.',
    find: ({ api, storage }) => !storage.disposable && api.corsOrigins.includes('*') && 'api.corsOrigins has *',
  },
];
