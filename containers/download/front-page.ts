import { ROUTES } from '../../shared/contracts/api/routes.ts';
import type { Handler } from '../../shared/http/server.ts';
import { CACHE_ONE_HOUR } from './cache-control.ts';
import { prefersJson } from './negotiate.ts';
import { type StaticFile, sendStaticFile } from './send-static-file.ts';
import { sendText } from './send-text.ts';

const frontFile = (name: string, type: string): StaticFile => ({
  file: new URL(`front/${name}`, import.meta.url),
  type,
});

/** The files that the pages load, by their names below /docs. */
export const FRONT_ASSETS: readonly (readonly [string, StaticFile])[] = [
  ['documentation.css', frontFile('documentation.css', 'text/css')],
  ['front.css', frontFile('front.css', 'text/css')],
  ['front.js', frontFile('front.js', 'text/javascript')],
  ['icon.svg', frontFile('icon.svg', 'image/svg+xml')],
];

const PAGE = frontFile('page.html', 'text/html');
const FAVICON = frontFile('favicon.ico', 'image/x-icon');

/** The page may only run its own script and send its form to its own host. It needs blobs for images that it fetched. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** The answer to programs: the URLs to begin with. */
const LINKS = JSON.stringify({
  name: 'Image service',
  links: {
    documentation: ROUTES.getDocs.path,
    openApi: ROUTES.getOpenApi.path,
    limits: ROUTES.getLimits.path,
    images: ROUTES.listImages.path,
    uploads: ROUTES.createUpload.path,
  },
});

/** `GET /` */
export const getFrontPage: Handler = async (request, h) => {
  const isJson = prefersJson(request.raw.req.headers.accept);
  const answer = isJson
    ? sendText(request, h, { text: LINKS, type: 'application/json', cacheControl: CACHE_ONE_HOUR })
    : (await sendStaticFile(request, h, PAGE)).header('content-security-policy', CONTENT_SECURITY_POLICY);
  return answer.vary('accept');
};

/** `GET /favicon.ico` */
export const getFavicon: Handler = (request, h) => sendStaticFile(request, h, FAVICON);
