import type { ResponseHeader } from './response-headers.ts';

/** Names in `components.schemas` of the OpenAPI document. */
type ResponseSchema =
  | 'Image'
  | 'ChangedImage'
  | 'Decision'
  | 'PendingImageList'
  | 'Pending'
  | 'ImageList'
  | 'Deletion'
  | 'Erasure'
  | 'Link'
  | 'ServiceLimits'
  | 'Usage'
  | 'Upload'
  | 'UploadToken'
  | 'Part'
  | 'PartList'
  | 'PartUrls';

/** A response as the OpenAPI document describes it. */
export interface RouteResponse {
  description: string;
  schema?: ResponseSchema;
  /** The media type of bodies without such a schema. */
  mediaType?: string;
  /** The headers that it always has, beside those of every response. */
  headers?: readonly ResponseHeader[];
  /** The headers that it has only on request. */
  maybe?: readonly ResponseHeader[];
}

/** The headers of every text that may be cached and revalidated. */
export const CACHEABLE = { headers: ['ETag', 'Cache-Control'] } as const satisfies Partial<RouteResponse>;

/** The 304 of such a text. */
export const UNCHANGED = { description: 'The content has not changed.', ...CACHEABLE } as const satisfies RouteResponse;

/** The media type and headers of responses with bytes. */
const BYTES = {
  mediaType: 'image/*',
  headers: ['ETag', 'Last-Modified', 'Cache-Control', 'Accept-Ranges'],
  maybe: ['Content-Disposition'],
} as const satisfies Partial<RouteResponse>;

/** The responses of every download. */
export const DOWNLOAD_RESPONSES = {
  200: { ...BYTES, description: 'The bytes.' },
  206: {
    ...BYTES,
    description: 'The requested range of the bytes.',
    headers: [...BYTES.headers, 'Content-Range'],
  },
  304: { description: 'The bytes have not changed.', headers: ['ETag', 'Last-Modified', 'Cache-Control'] },
} as const satisfies Record<number, RouteResponse>;

/** A rendition that is not ready. */
export const PENDING = {
  description: 'Not ready yet; send the request again after `Retry-After` seconds.',
  schema: 'Pending',
  headers: ['Retry-After', 'Cache-Control'],
} as const satisfies RouteResponse;

/** The end of an upload. */
export const IMAGE_STORED = {
  description: 'The image is stored; its renditions are queued.',
  schema: 'Image',
  headers: ['Location'],
} as const satisfies RouteResponse;
