import { routeList } from '../../../shared/contracts/api/routes.ts';

/** For each parameter in the paths of the route table, valid values and values that somebody might try. */
const VALUES: Record<string, string[]> = {
  imageId: ['01JX0000000000000000000000', 'original'],
  uploadId: ['01JX0000000000000000000001', 'parts'],
  partNumber: ['1', '10000'],
  rendition: ['thumb', 'card.avif', 'original'],
  file: ['0123456789abcdef0123456789abcdef.webp'],
  asset: ['swagger-ui.css', 'index.html'],
  owner: ['local', 'auth0%7C1', 'https%3A%2F%2Fidp.example%2Fu%2F1'],
};

function fill(path: string): string[] {
  const name = /\{([^}]+)\}/.exec(path)?.[1];
  if (!name) return [path];
  const values = VALUES[name];
  if (!values) throw new Error(`test/infra/applied/route-samples.ts needs a value for {${name}}`);
  return values.flatMap((value) => fill(path.replace(`{${name}}`, value)));
}

/** Every operation with its service, at paths that match its route. */
export const OPERATIONS = routeList.flatMap(({ operationId, service, method, path }) =>
  fill(path).flatMap((sample) =>
    (method === 'GET' ? ['GET', 'HEAD'] : [method]).map((each) => ({
      operationId,
      service,
      method: each,
      path: sample,
    })),
  ),
);

/** Paths that match no route: paths that services answer inside the network only, and paths that look like routes. */
export const STRANGERS = [
  ...['/health', '/ready', '/metrics', '/robots.txt', '/v1', '/v1/', '/v2/images', '/v1/image', '/v1/limits/x'],
  ...[
    '/V1/images',
    '/v1/Images',
    '/v1/imagesx',
    '/v1/uploadsx',
    '/openapi.jsonx',
    '/openapi_json',
    '/docsx',
    '//v1/images',
  ],
];

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
