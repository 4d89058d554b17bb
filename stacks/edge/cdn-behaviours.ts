import { type OperationId, type OperationOf, ROUTES } from '../../shared/contracts/api/routes.ts';

/**
 * How the CDN treats a path. `rendition`: bytes, one copy for each format that a client may get. `bytes`: the same copy for everybody.
 * `document`: text for everybody. `live`: the origin is asked every time, with whatever the client sends.
 */
export type BehaviourKind = 'rendition' | 'bytes' | 'document' | 'live';

export interface Behaviour {
  pathPattern: string;
  kind: BehaviourKind;
}

/** Routes that read and that the CDN does not pass on: the front page has a form, and uploads do not go through the CDN. */
type NotOfCdn = 'getFrontPage';

/** What reads. */
type ReadOperation = { [O in OperationId]: (typeof ROUTES)[O]['method'] extends 'GET' ? O : never }[OperationId];

/** Every other route of the download service that reads; one without a kind does not compile. What else there is the CDN does not pass on. */
const KINDS: Record<Exclude<OperationOf<'download'> & ReadOperation, NotOfCdn>, BehaviourKind> = {
  getRendition: 'rendition',
  getOriginal: 'bytes',
  getFile: 'bytes',
  listImages: 'live',
  getImage: 'live',
  getEvents: 'live',
  getLimits: 'document',
  getOpenApi: 'document',
  getFavicon: 'document',
  getDocs: 'document',
  getDocsAsset: 'document',
};

const pattern = (path: string): string => path.replace(/\{[^}]+\}/g, '*');
const literalLength = ({ pathPattern }: Behaviour): number => pathPattern.replaceAll('*', '').length;

/** In CloudFront's order, where the first that fits counts: longer patterns before those whose `*` could stand for what they spell out. */
export const BEHAVIOURS: readonly Behaviour[] = Object.entries(KINDS)
  .map(([operation, kind]): Behaviour => ({ pathPattern: pattern(ROUTES[operation as keyof typeof KINDS].path), kind }))
  .sort((a, b) => literalLength(b) - literalLength(a));

const isOfBytes = ({ kind }: Behaviour): boolean => kind === 'rendition' || kind === 'bytes';

/** What costs where it is not cached, and what the CDN has to itself where there is one. */
export const BYTE_PATHS: readonly string[] = BEHAVIOURS.filter(isOfBytes).map(({ pathPattern }) => pathPattern);
