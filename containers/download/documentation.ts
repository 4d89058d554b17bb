import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { eTagOfText } from '../../shared/contracts/image-version.ts';
import { openApiDocument } from '../../shared/contracts/openapi.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import type { Handler } from '../../shared/http/server.ts';
import { sendText } from './send-text.ts';

const HOUR = 'public, max-age=3600';

/** Swagger UI's own files, by the name under which the page asks for them. */
const ASSETS = new Map([
  ['swagger-ui.css', 'text/css'],
  ['swagger-ui-bundle.js', 'text/javascript'],
  ['favicon-32x32.png', 'image/png'],
]);

const assetFolder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/** The page may run its own scripts and talk to its own host, nothing else; Swagger UI writes styles and data images. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Image service API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<main id="documentation"><noscript>This page needs JavaScript. The document itself is at <a href="/openapi.json">/openapi.json</a>.</noscript></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

/** A file of its own, because the policy allows no script in the page. */
const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#documentation', deepLinking: true, tryItOutEnabled: true });
`;

const document = JSON.stringify(openApiDocument());

/** `GET /openapi.json` */
export const getOpenApi: Handler = (request, h) =>
  sendText(request, h, { text: document, type: 'application/json', cacheControl: HOUR });

/** `GET /docs` */
export const getDocs: Handler = (request, h) =>
  sendText(request, h, { text: PAGE, type: 'text/html', cacheControl: HOUR }).header(
    'content-security-policy',
    CONTENT_SECURITY_POLICY,
  );

/** `GET /docs/{asset}` */
export const getDocsAsset: Handler = async (request, h) => {
  const asset = String(request.params.asset);
  if (asset === 'start.js') return sendText(request, h, { text: START, type: 'text/javascript', cacheControl: HOUR });
  const type = ASSETS.get(asset);
  if (!type) throw new ImageServiceError('route_not_found', `The documentation has no file ${asset}.`);
  return sendText(request, h, { ...(await contentOf(asset)), type, cacheControl: HOUR });
};

interface Content {
  text: Buffer;
  eTag: string;
}

/** One and a half megabytes, read by the first who asks. */
const contents = new Map<string, Promise<Content>>();

function contentOf(asset: string): Promise<Content> {
  const known = contents.get(asset);
  if (known) return known;
  const content = readFile(join(assetFolder, asset)).then((text) => ({ text, eTag: eTagOfText(text) }));
  contents.set(asset, content);
  content.catch(() => contents.delete(asset));
  return content;
}
