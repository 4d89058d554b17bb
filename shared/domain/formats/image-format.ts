import { decodeSvg } from '../svg/svg-encoding.ts';
import { readSvgRoot } from '../svg/svg-root.ts';
import { BRANDS_BYTES, brandsOf, isCompatibleWithAvif } from './avif-brands.ts';

/** Bytes, in hex, that a file of the format has at `offset`. */
interface Magic {
  offset: number;
  hex: string;
}

interface FormatFacts {
  /** Registered media type (https://www.iana.org/assignments/media-types), the one we answer with. */
  mediaType: string;
  /** Other names clients use for it. */
  aliases: readonly string[];
  extension: string;
  /** By which files of the format are known too, as its registration has them. */
  otherExtensions: readonly string[];
  /** Any of these sequences, whole, identifies the format; an AVIF may be known by its other brands too. */
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
  /** HEIF of HEVC, and HEIF whose codec the first bytes do not tell: its decoder says what it is not. Taken by the setting HEIC only. */
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
  /** A text, known by its root element and not by bytes at a place. */
  svg: {
    mediaType: 'image/svg+xml',
    aliases: ['image/svg'],
    extension: 'svg',
    otherExtensions: [],
    signatures: [],
  },
} as const satisfies Record<string, FormatFacts>;

export type ImageFormat = keyof typeof IMAGE_FORMATS;

/** What a rendition can be encoded as. */
export const OUTPUT_FORMATS = ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const satisfies readonly ImageFormat[];
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** Of what a rendition can be encoded as, by the ending of a file's name. */
export const FORMAT_OF_EXTENSION: ReadonlyMap<string, OutputFormat> = new Map(
  OUTPUT_FORMATS.map((format) => [IMAGE_FORMATS[format].extension, format]),
);

const formats = Object.entries(IMAGE_FORMATS) as [ImageFormat, FormatFacts][];

/** What a client sends that does not know, or will not say, what it sends. */
export const UNDECLARED_MEDIA_TYPE = 'application/octet-stream';

/** What declares nothing, because clients say it of any bytes: browsers of what they do not know, S3 of objects, curl of whatever it posts. */
export const UNDECLARED_MEDIA_TYPES: readonly string[] = [
  UNDECLARED_MEDIA_TYPE,
  '',
  'binary/octet-stream',
  'application/x-www-form-urlencoded',
  'image/*',
  '*/*',
];

export const ACCEPTED_MEDIA_TYPES = formats.map(([, { mediaType }]) => mediaType);

/** As many as the brands of an AVIF have. */
export const SNIFFED_BYTES = BRANDS_BYTES;
/** Those that a service takes, by its setting HEIC. */
export const mediaTypesTaken = (heic: boolean): string[] =>
  ACCEPTED_MEDIA_TYPES.filter((mediaType) => heic || mediaType !== IMAGE_FORMATS.heic.mediaType);

/**
 * The format that the first bytes show, whatever anybody declared; undefined if it is none of ours. SNIFFED_BYTES are enough for all but SVG,
 * whose root may come late: HEADER_BYTES are looked at.
 */
export function sniffFormat(head: Buffer): ImageFormat | undefined {
  const shows = ({ offset, hex }: Magic) => head.toString('hex', offset, offset + hex.length / 2) === hex;
  const shown = formats.find(([, { signatures }]) => signatures.some((signature) => signature.every(shows)))?.[0];
  const brands = brandsOf(head);
  if (brands && isCompatibleWithAvif(brands)) return 'avif';
  return shown ?? (readSvgRoot(decodeSvg(head).text) ? 'svg' : undefined);
}

/** The format a media type names, aliases included; undefined if it is none of ours. */
export function formatOfMediaType(mediaType: string): ImageFormat | undefined {
  return formats.find(([, facts]) => facts.mediaType === mediaType || facts.aliases.includes(mediaType))?.[0];
}
