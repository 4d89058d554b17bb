import { decodeSvg } from '../svg/svg-encoding.ts';
import { readSvgRoot } from '../svg/svg-root.ts';
import { BRANDS_BYTES, brandsOf, isCompatibleWithAvif } from './avif-brands.ts';

/** Bytes, in hex, that a file of the format has at `offset`. */
interface Magic {
  offset: number;
  hex: string;
}

interface FormatFacts {
  /** The registered media type (https://www.iana.org/assignments/media-types), which responses have. */
  mediaType: string;
  /** Other media types that clients use for the format. */
  aliases: readonly string[];
  extension: string;
  /** Other extensions of the format, from its registration. */
  otherExtensions: readonly string[];
  /** A file has the format if all parts of one of these signatures match. An AVIF may also be recognised by its other brands. */
  signatures: readonly (readonly Magic[])[];
}

/** The accepted formats. Sources: each format's specification; WebP and AVIF share their first bytes with others, so theirs go further. */
export const IMAGE_FORMATS = {
  jpeg: {
    mediaType: 'image/jpeg',
    aliases: ['image/jpg', 'image/pjpeg'],
    extension: 'jpg',
    otherExtensions: ['jpeg'],
    signatures: [[{ offset: 0, hex: 'ffd8ff' }]],
  },
  png: {
    mediaType: 'image/png',
    aliases: ['image/x-png', 'image/apng'],
    extension: 'png',
    otherExtensions: [],
    signatures: [[{ offset: 0, hex: '89504e470d0a1a0a' }]],
  },
  webp: {
    mediaType: 'image/webp',
    aliases: [],
    extension: 'webp',
    otherExtensions: [],
    signatures: [
      [
        { offset: 0, hex: '52494646' },
        { offset: 8, hex: '57454250' },
      ],
    ],
  },
  avif: {
    mediaType: 'image/avif',
    aliases: ['image/avif-sequence'],
    extension: 'avif',
    otherExtensions: [],
    signatures: [[{ offset: 4, hex: '6674797061766966' }], [{ offset: 4, hex: '6674797061766973' }]],
  },
  /** HEIF with HEVC, and HEIF whose codec the first bytes do not tell: the decoder refuses other codecs. It is accepted with the setting HEIC only. */
  heic: {
    mediaType: 'image/heic',
    aliases: ['image/heif', 'image/heic-sequence', 'image/heif-sequence'],
    extension: 'heic',
    otherExtensions: ['heif', 'hif'],
    signatures: ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs', 'mif1', 'mif2', 'msf1'].map(
      (brand) => [{ offset: 4, hex: Buffer.from(`ftyp${brand}`).toString('hex') }],
    ),
  },
  gif: {
    mediaType: 'image/gif',
    aliases: [],
    extension: 'gif',
    otherExtensions: [],
    signatures: [[{ offset: 0, hex: '474946383761' }], [{ offset: 0, hex: '474946383961' }]],
  },
  tiff: {
    mediaType: 'image/tiff',
    aliases: ['image/tif', 'image/x-tiff'],
    extension: 'tiff',
    otherExtensions: ['tif'],
    signatures: [
      [{ offset: 0, hex: '49492a00' }],
      [{ offset: 0, hex: '4d4d002a' }],
      [{ offset: 0, hex: '49492b00' }],
      [{ offset: 0, hex: '4d4d002b' }],
    ],
  },
  /** A text, recognised by its root element instead of a signature. */
  svg: {
    mediaType: 'image/svg+xml',
    aliases: ['image/svg'],
    extension: 'svg',
    otherExtensions: [],
    signatures: [],
  },
} as const satisfies Record<string, FormatFacts>;

export type ImageFormat = keyof typeof IMAGE_FORMATS;

/** The formats of renditions. */
export const OUTPUT_FORMATS = ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const satisfies readonly ImageFormat[];
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** The formats of renditions, by the extension of a file name. */
export const FORMAT_OF_EXTENSION: ReadonlyMap<string, OutputFormat> = new Map(
  OUTPUT_FORMATS.map((format) => [IMAGE_FORMATS[format].extension, format]),
);

const formats = Object.entries(IMAGE_FORMATS) as [ImageFormat, FormatFacts][];

/** The media type of clients that do not declare one. */
export const UNDECLARED_MEDIA_TYPE = 'application/octet-stream';

/** Media types that declare nothing, because clients send them with any bytes: browsers for unknown files, S3 for objects, curl for everything that it posts. */
export const UNDECLARED_MEDIA_TYPES: readonly string[] = [
  UNDECLARED_MEDIA_TYPE,
  '',
  'binary/octet-stream',
  'application/x-www-form-urlencoded',
  'image/*',
  '*/*',
];

export const ACCEPTED_MEDIA_TYPES = formats.map(([, { mediaType }]) => mediaType);

/** Bytes from which a format is recognised: enough for the brands of an AVIF. */
export const SNIFFED_BYTES = BRANDS_BYTES;
/** The media types that a service accepts, depending on its setting HEIC. */
export const acceptedMediaTypes = (heic: boolean): string[] =>
  ACCEPTED_MEDIA_TYPES.filter((mediaType) => heic || mediaType !== IMAGE_FORMATS.heic.mediaType);

/**
 * The format that the first bytes show, whatever was declared; undefined if it is not an accepted one. SNIFFED_BYTES are enough for all formats but SVG,
 * whose root may come late: HEADER_BYTES are read for it.
 */
export function sniffFormat(head: Buffer): ImageFormat | undefined {
  const shows = ({ offset, hex }: Magic) => head.toString('hex', offset, offset + hex.length / 2) === hex;
  const shown = formats.find(([, { signatures }]) => signatures.some((signature) => signature.every(shows)))?.[0];
  const brands = brandsOf(head);
  if (brands && isCompatibleWithAvif(brands)) return 'avif';
  return shown ?? (readSvgRoot(decodeSvg(head).text) ? 'svg' : undefined);
}

/** The format that a media type or an alias of one names; undefined if it is not an accepted one. */
export function formatOfMediaType(mediaType: string): ImageFormat | undefined {
  return formats.find(([, facts]) => facts.mediaType === mediaType || facts.aliases.includes(mediaType))?.[0];
}
