import { ImageServiceError } from '../../../../../shared/domain/errors.ts';
import type { Warning } from '../../../../../shared/domain/warnings.ts';

/** The tags that say how the pixels of a TIFF are stored (TIFF 6.0, section 8); the first value of each counts. */
export const KIND_TAGS = {
  bits: 258,
  compression: 259,
  photometric: 262,
  channels: 277,
  planes: 284,
  sampleFormat: 339,
} as const;

interface Kind {
  bits: number;
  photometric: number;
  channels: number;
  isPlanar: boolean;
  isJpeg: boolean;
  isFloat: boolean;
  isSigned: boolean;
}

/** The number of channels by PhotometricInterpretation. */
const COLOURS: Record<number, number> = { 0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3, 8: 3 };
const [RGB, YCBCR, LAB] = [2, 6, 8];

/** Other colours that have a name. */
const NAMES: Record<number, string> = {
  4: 'a transparency mask',
  9: 'ICC Lab colours',
  10: 'ITU Lab colours',
  32844: 'LogL light',
  32845: 'LogLuv light',
};

const COLOURED = 3;
const JPEGS = [6, 7];
const [SIGNED, FLOAT] = [2, 3];

/** The compressions that this libtiff decodes: none, CCITT's, LZW, JPEG, Deflate and PackBits, and NeXT's, ThunderScan's, SGI's and WebP. */
const COMPRESSIONS: readonly number[] = [
  1, 2, 3, 4, 5, 7, 8, 32_766, 32_771, 32_773, 32_809, 32_946, 34_676, 34_677, 50_001,
];

/** Others that have a name. */
const OTHER_COMPRESSIONS: Record<number, string> = {
  6: 'JPEG of the old kind (TIFF 6.0)',
  32909: 'PixarLog',
  33003: 'JPEG 2000',
  33005: 'JPEG 2000',
  34661: 'JBIG',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34925: 'LZMA',
  50000: 'ZSTD',
  50002: 'JPEG XL',
};

/** Kinds of TIFF that libvips reads wrongly or not at all, as programs name them when they export. */
const UNREAD: readonly [name: string | ((kind: Kind) => string), is: (kind: Kind) => boolean][] = [
  [
    ({ photometric }) => NAMES[photometric] ?? `colours of kind ${photometric}`,
    ({ photometric }) => !COLOURS[photometric],
  ],
  ['whole numbers with a sign', ({ isSigned }) => isSigned],
  [({ bits }) => `whole numbers of ${bits} bits`, ({ bits, isFloat }) => !isFloat && bits > 16],
  [
    ({ bits }) => `floating point of ${bits} bits${bits === 32 ? ' in colours other than RGB and Lab' : ''}`,
    ({ bits, isFloat, photometric }) => isFloat && (bits !== 32 || (photometric !== RGB && photometric !== LAB)),
  ],
  ['CIE Lab colours of 8 bits', ({ photometric, bits }) => photometric === LAB && bits === 8],
  ['CIE Lab colours with transparency', ({ photometric, channels }) => photometric === LAB && channels > 3],
  ['planar YCbCr colours', ({ photometric, isPlanar }) => photometric === YCBCR && isPlanar],
  ['YCbCr colours that are not JPEG', ({ photometric, isJpeg }) => photometric === YCBCR && !isJpeg],
  [
    ({ channels }) => `${channels} channels, which are more than colours and a transparency`,
    ({ photometric, channels }) => channels > (COLOURS[photometric] ?? 0) + 1,
  ],
];

function refuseCompression(compression: number): void {
  if (COMPRESSIONS.includes(compression)) return;
  const name = OTHER_COMPRESSIONS[compression] ?? `method ${compression}`;
  throw new ImageServiceError(
    'unsupported_image',
    `The TIFF is compressed by ${name}, which is not read here. Save it with LZW, Deflate or no compression.`,
  );
}

/** The warning that floating point was read as light. */
const AS_LIGHT: Warning = {
  code: 'colours_unread',
  detail:
    'The TIFF holds floating point, and does not tell whether its values are light. They were read as light, which is linear; from a program that means other values they look wrong.',
};

/** Refuses a TIFF whose pixels would come out in wrong colours, or not at all; returns warnings about others. */
export function judgeTiffKind(tags: ReadonlyMap<number, number>): Warning[] {
  const { compression, photometric, channels, planes, sampleFormat, bits } = KIND_TAGS;
  const first = (tag: number) => tags.get(tag) ?? 1;
  const kind: Kind = {
    bits: first(bits),
    // The default is libtiff's for files without this tag.
    photometric: tags.get(photometric) ?? (first(channels) < COLOURED ? 1 : RGB),
    channels: first(channels),
    isPlanar: first(planes) === 2,
    isJpeg: JPEGS.includes(first(compression)),
    isFloat: first(sampleFormat) === FLOAT,
    isSigned: first(sampleFormat) === SIGNED,
  };
  refuseCompression(first(compression));
  const found = UNREAD.find(([, is]) => is(kind));
  if (!found) return kind.isFloat && kind.photometric === RGB ? [AS_LIGHT] : [];
  const name = typeof found[0] === 'string' ? found[0] : found[0](kind);
  throw new ImageServiceError(
    'unsupported_image',
    `The TIFF holds ${name}, which are not read here. Save it in RGB or grey of 8 or 16 bits.`,
  );
}
