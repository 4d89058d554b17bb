import { createRequire } from 'node:module';
import { openApiDocument } from '../../shared/contracts/api/openapi.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import type { Handler } from '../../shared/http/server.ts';
import { CACHE_ONE_HOUR } from './cache-control.ts';
import { FRONT_ASSETS } from './front-page.ts';
import { type StaticFile, sendStaticFile } from './send-static-file.ts';
import { sendText } from './send-text.ts';

const swagger = new URL(`file://${createRequire(import.meta.url).resolve('swagger-ui-dist/package.json')}`);

/** The files of Swagger UI and of the front page, by the name under which the pages load them. */
const ASSETS = new Map<string, StaticFile>([
  ['swagger-ui.css', { file: new URL('swagger-ui.css', swagger), type: 'text/css' }],
  ['swagger-ui-bundle.js', { file: new URL('swagger-ui-bundle.js', swagger), type: 'text/javascript' }],
  ...FRONT_ASSETS,
]);

/** The page may only run its own scripts and talk to its own host. Swagger UI needs inline styles and data images, and blobs for images that it fetched. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Image service API</title>
<link rel="icon" href="/favicon.ico" sizes="32x32">
<link rel="icon" href="/docs/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="stylesheet" href="/docs/documentation.css">
</head>
<body>
<main id="documentation"><noscript>This page needs JavaScript. The document itself is at <a href="/openapi.json">/openapi.json</a>.</noscript></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

/** This is a separate file, because the policy allows no script in the page. */
const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#documentation', deepLinking: true, tryItOutEnabled: true });
`;

const document = JSON.stringify(openApiDocument());

/** `GET /openapi.json` */
export const getOpenApi: Handler = (request, h) =>
  sendText(request, h, { text: document, type: 'application/json', cacheControl: CACHE_ONE_HOUR });

/** `GET /docs` */
export const getDocs: Handler = (request, h) =>
  sendText(request, h, { text: PAGE, type: 'text/html', cacheControl: CACHE_ONE_HOUR }).header(
    'content-security-policy',
    CONTENT_SECURITY_POLICY,
  );

/** `GET /docs/{asset}` */
export const getDocsAsset: Handler = async (request, h) => {
  const asset = String(request.params.asset);
  if (asset === 'start.js')
    return sendText(request, h, { text: START, type: 'text/javascript', cacheControl: CACHE_ONE_HOUR });
  const known = ASSETS.get(asset);
  if (!known) throw new ImageServiceError('route_not_found', `The documentation has no file ${asset}.`);
  return sendStaticFile(request, h, known);
};
