import { ENVIRONMENT } from '../../../shared/contracts/environment.ts';
import { accessVariables } from '../../compute/container-environment.ts';
import type { SettingsCheck } from '../check.ts';

/** Who may call, and what they may ask for. The services read it by the same schemas. */
export const AUTHENTICATION_CHECKS: SettingsCheck[] = [
  {
    id: 'IMG-AUTH-001',
    reason: 'No task of the API would start: it refuses an environment that it does not understand.',
    remedy:
      'give what the description of JWT_ISSUERS, OWNER_LIMITS or TRANSFORMATIONS allows: issuers with https and different prefixes, whole numbers, known commands and formats.',
    find: ({ api }) =>
      Object.entries(accessVariables(api)).flatMap(([name, value]) => {
        const { error } = ENVIRONMENT[name as keyof typeof ENVIRONMENT].validate(value);
        return error ? [error.message] : [];
      }),
  },
  {
    id: 'IMG-AUTH-002',
    reason:
      'The keys of an issuer are fetched from it, and with this egress nothing has a way out, so that each of its tokens is answered with 503, and nobody hears of images that wait.',
    remedy: "give the issuer's keys in `keys` and no webhook, or set egress to 'nat-per-zone' or 'nat-single'.",
    find: ({ api, network }) =>
      network.egress === 'interface-endpoints'
        ? [
            ...api.authentication.issuers
              .filter(({ keys }) => !keys)
              .map(({ name }) => `the issuer ${name} has no keys`),
            ...(api.moderation.webhookUrl === undefined ? [] : ['moderation.webhookUrl is given']),
          ]
        : [],
  },
  {
    id: 'IMG-AUTH-003',
    reason: 'Anybody may fill the storage and the queue, which is found by the bill.',
    remedy: "set api.limits to 'default', or to the limits of your owners.",
    find: ({ api, storage }) => !storage.disposable && api.limits === 'off' && "api.limits is 'off'",
  },
];
