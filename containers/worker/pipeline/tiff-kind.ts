import { ImageServiceError } from '../../../shared/domain/errors.ts';

/** What says how the pixels of a TIFF are stored (TIFF 6.0, section 8), each by its first value. */
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

/** By PhotometricInterpretation: how many channels these colours have. */
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

/** Kinds that libvips reads as something else, or not at all, in the words of those who export them. */
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

/** Refuses a TIFF whose pixels would come out in other colours, by what they are. */
export function refuseTiffKind(told: ReadonlyMap<number, number>): void {
  const { compression, photometric, channels, planes, sampleFormat, bits } = KIND_TAGS;
  const first = (tag: number) => told.get(tag) ?? 1;
  const kind: Kind = {
    bits: first(bits),
    // As libtiff takes it where it is not said.
    photometric: told.get(photometric) ?? (first(channels) < COLOURED ? 1 : RGB),
    channels: first(channels),
    isPlanar: first(planes) === 2,
    isJpeg: JPEGS.includes(first(compression)),
    isFloat: first(sampleFormat) === FLOAT,
    isSigned: first(sampleFormat) === SIGNED,
  };
  const found = UNREAD.find(([, is]) => is(kind));
  if (!found) return;
  const name = typeof found[0] === 'string' ? found[0] : found[0](kind);
  throw new ImageServiceError(
    'unsupported_image',
    `The TIFF holds ${name}, which are not read here. Save it in RGB or grey of 8 or 16 bits.`,
  );
}
