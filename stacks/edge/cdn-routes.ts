import { type OperationId, type OperationOf, ROUTES } from '../../shared/contracts/api/routes.ts';

/**
 * How the CDN treats a path. `rendition`: image bytes, cached once per format that a client may get. `bytes`: image bytes, the same copy for
 * every client. `document`: text, the same for every client. `live`: every request goes to the origin with whatever the client sends.
 */
export type CdnRouteKind = 'rendition' | 'bytes' | 'document' | 'live';

export interface CdnRoute {
  pathPattern: string;
  kind: CdnRouteKind;
}

/** Read routes that the CDN does not forward: the front page has an upload form, and uploads do not go through the CDN. */
type NotOfCdn = 'getFrontPage';

type ReadOperation = { [O in OperationId]: (typeof ROUTES)[O]['method'] extends 'GET' ? O : never }[OperationId];

/** Every other GET route of the download service; a new one does not compile without a kind. The CDN forwards nothing else. */
const KINDS: Record<Exclude<OperationOf<'download'> & ReadOperation, NotOfCdn>, CdnRouteKind> = {
  getRendition: 'rendition',
  getOriginal: 'bytes',
  getFile: 'bytes',
  listImages: 'live',
  getImage: 'live',
  getEvents: 'live',
  getUsage: 'live',
  getLimits: 'document',
  getOpenApi: 'document',
  getFavicon: 'document',
  getDocs: 'document',
  getDocsAsset: 'document',
};

const pattern = (path: string): string => path.replace(/\{[^}]+\}/g, '*');
const literalLength = ({ pathPattern }: CdnRoute): number => pathPattern.replaceAll('*', '').length;

/** CloudFront takes the first pattern that matches, so longer patterns come before those whose `*` would match the same paths. */
export const CDN_ROUTES: readonly CdnRoute[] = Object.entries(KINDS)
  .map(([operation, kind]): CdnRoute => ({ pathPattern: pattern(ROUTES[operation as keyof typeof KINDS].path), kind }))
  .sort((a, b) => literalLength(b) - literalLength(a));

const isOfBytes = ({ kind }: CdnRoute): boolean => kind === 'rendition' || kind === 'bytes';

/** Paths of image bytes, which are expensive to serve uncached. Where there is a CDN, only the CDN may fetch them from the load balancer. */
export const BYTE_PATHS: readonly string[] = CDN_ROUTES.filter(isOfBytes).map(({ pathPattern }) => pathPattern);
