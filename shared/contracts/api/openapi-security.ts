import { CLOCK_SKEW_SECONDS, SIGNATURES } from '../jwt-issuers.ts';
import type { Json } from './json-schema.ts';
import type { Route } from './route.ts';
import { takesTokenInQuery } from './routes.ts';
import { UPLOAD_TOKEN_PARAMETER } from './upload-token.ts';

/** The forms of credentials, as they are told in the OpenAPI document. */
export const SECURITY_SCHEMES: Record<string, Json> = {
  bearerJwt: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: `An access token of an issuer that the deployment takes, signed by ${SIGNATURES}, with \`kid\`. Clocks may differ by ${CLOCK_SKEW_SECONDS} seconds.`,
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
    description: 'A token from `POST /v1/upload-tokens`, with which a browser uploads one image.',
  },
  uploadTokenInQuery: {
    type: 'apiKey',
    in: 'query',
    name: UPLOAD_TOKEN_PARAMETER,
    description: 'Such a token, for forms, which cannot send headers.',
  },
};

/** The security requirements of an operation: one of the list is enough, and `{}` requires nothing. */
export function securityOf(route: Route): Json[] {
  const { scope, anonymous, links, uploadTokens } = route;
  if (scope === 'public') return [];
  const forms = [
    ...['bearerJwt', 'apiKey'],
    ...(links ? ['signedLink'] : []),
    ...(uploadTokens ? ['uploadToken'] : []),
    ...(takesTokenInQuery(route) ? ['uploadTokenInQuery'] : []),
  ];
  return [...(anonymous ? [{}] : []), ...forms.map((form) => ({ [form]: [] }))];
}
