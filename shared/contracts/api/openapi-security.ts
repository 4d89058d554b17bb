import { CLOCK_SKEW_SECONDS, JWT_ALGORITHMS } from '../jwt-issuers.ts';
import type { Json } from './json-schema.ts';
import type { Route } from './routes.ts';

/** The forms of credentials, as they are told in the OpenAPI document. */
export const SECURITY_SCHEMES: Record<string, Json> = {
  bearerJwt: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: `An access token of an issuer that the deployment takes, signed by ${JWT_ALGORITHMS.join(', ')}, with \`kid\`. Clocks may differ by ${CLOCK_SKEW_SECONDS} seconds.`,
  },
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    description: 'A key of the deployment, which `npm run api-key` has made. It may be revoked at any time.',
  },
  signedLink: {
    type: 'apiKey',
    in: 'query',
    name: 'signature',
    description:
      'A link from `POST /v1/images/{imageId}/links`, with its `expires`, `keyId` and `signature`. It opens just that path.',
  },
  uploadToken: {
    type: 'http',
    scheme: 'bearer',
    description:
      'A token from `POST /v1/upload-tokens`, with which a browser uploads one image. A form sends it as `?uploadToken=`.',
  },
};

/** The security requirements of an operation: one of the list is enough, and `{}` requires nothing. */
export function securityOf({ scope, anonymous, links, uploadTokens }: Route): Json[] {
  if (scope === 'public') return [];
  const forms = ['bearerJwt', 'apiKey', ...(links ? ['signedLink'] : []), ...(uploadTokens ? ['uploadToken'] : [])];
  return [...(anonymous ? [{}] : []), ...forms.map((form) => ({ [form]: [] }))];
}
