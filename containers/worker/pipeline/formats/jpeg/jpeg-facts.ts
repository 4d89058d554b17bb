import { isFrame, RESTART_INTERVAL, START_OF_SCAN } from '../../../../../shared/domain/formats/jpeg-segments.ts';

/** Which components a scan has, which of their 64 coefficients, and how many of their lowest bits it leaves out (ITU-T T.81, B.2.3). */
interface Scan {
  components: number[];
  first: number;
  last: number;
  low: number;
}

/** Facts about the data of a JPEG that its segments show. */
export interface JpegFacts {
  /** Whether the file ends before the image does, be it only by its end marker. */
  isCut: boolean;
  /** How often libjpeg warns of things that cost no pixel, not counting the end of the file. */
  harmlessWarnings: number;
  /** How often libjpeg warns of the end of the file: once if it reaches the end, which it does not after a marker that ends the only scan. */
  endWarnings: number;
  /** Whether one scan has all of its rows, one after the other. */
  isInRows: boolean;
  /** The rows that one restart interval covers, after which damage ends; undefined for a JPEG without restart markers. */
  restartRows: number | undefined;
  /** Whether the JPEG is lossless. libjpeg cannot shrink such a picture on load: it returns the top left corner instead. */
  isLossless: boolean;
  /** How much detail the picture has when so many of the last scans are incomplete. */
  detailWithout(scans: number): DetailLevel;
}

/** `coarse`: not all coefficients of its brightness, or nothing of a colour. `soft`: all that, without the lowest bits or details of colour. */
export type DetailLevel = 'coarse' | 'soft' | 'full';

const JFIF = 0xe0;
const ADOBE = 0xee;
/** The frame of a lossless JPEG (ITU-T T.81, annex H). */
const LOSSLESS = 0xc3;

/** Transforms that Adobe's marker may name, by the number of components (libjpeg's default_decompress_parms). */
const TRANSFORMS: Record<number, readonly number[]> = { 3: [0, 1], 4: [0, 2] };

const COEFFICIENTS = 64;
/** Samples of one block along a side. */
const BLOCK = 8;

/** Takes the segments of a JPEG one by one. */
export function collectJpegFacts() {
  let hasPassedOver = false;
  let isInScan = false;
  let isSequential = true;
  let isLossless = false;
  let hasJfif = false;
  let transform: number | undefined;
  let components: number[] = [];
  let warnings = 0;
  let restartInterval = 0;
  let frame = Buffer.alloc(0);
  const scans: Scan[] = [];

  const readers: Record<number, (body: Buffer) => void> = {
    [JFIF]: (body) => {
      if (body.length < 14 || body.toString('latin1', 0, 5) !== 'JFIF\0') return;
      hasJfif = true;
      if (body[5] !== 1) warnings += 1;
    },
    [ADOBE]: (body) => {
      if (body.length >= 12 && body.toString('latin1', 0, 5) === 'Adobe') transform = body[11];
    },
    [RESTART_INTERVAL]: (body) => {
      if (body.length >= 2) restartInterval = body.readUInt16BE(0);
    },
    [START_OF_SCAN]: (body) => {
      const count = body[0] ?? 0;
      const [first = 0, last = 0, bits = 0] = body.subarray(1 + 2 * count);
      // Cameras of Samsung write such scans.
      const isOdd = isSequential && !isLossless && (first !== 0 || last !== COEFFICIENTS - 1 || bits !== 0);
      if (isOdd) warnings += 1;
      const range = isSequential ? { first: 0, last: COEFFICIENTS - 1, low: 0 } : { first, last, low: bits & 15 };
      scans.push({ components: Array.from({ length: count }, (_, index) => body[1 + 2 * index] ?? 0), ...range });
    },
  };

  return {
    /** Takes bytes that belong to no segment: libjpeg warns of them when it comes to the next marker. Within a scan they are its data. */
    passOver(): void {
      hasPassedOver ||= !isInScan;
    },
    segment(marker: number, body: Buffer): void {
      if (hasPassedOver) warnings += 1;
      hasPassedOver = false;
      isInScan = marker === START_OF_SCAN;
      if (isFrame(marker)) {
        frame = Buffer.from(body);
        isLossless = marker === LOSSLESS;
        isSequential = marker <= 0xc1 || isLossless;
        components = Array.from({ length: body[5] ?? 0 }, (_, index) => body[6 + 3 * index] ?? 0);
      }
      readers[marker]?.(body);
    },
    hasScan: (): boolean => scans.length > 0,
    finish(isCut: boolean): JpegFacts {
      const known = hasJfif && components.length === 3 ? undefined : TRANSFORMS[components.length];
      const isInRows = isSequential && scans.length === 1;
      const isOddTransform = transform !== undefined && known !== undefined && !known.includes(transform);
      return {
        isCut,
        harmlessWarnings: warnings + (isOddTransform ? 1 : 0),
        endWarnings: isCut && (isInScan || !isInRows) ? 1 : 0,
        isInRows,
        isLossless,
        restartRows: restartInterval > 0 ? rowsOfUnits(restartInterval, frame, isLossless ? 1 : BLOCK) : undefined,
        detailWithout: (missing) => detailOf(components, scans.slice(0, Math.max(0, scans.length - missing))),
      };
    },
  };
}

/** Rows of pixels that so many units of the only scan touch, a unit being one block of one component, or as many as each component has of several. */
function rowsOfUnits(units: number, frame: Buffer, block: number): number {
  const isOne = frame[5] === 1;
  const samplings = Array.from({ length: isOne ? 0 : (frame[5] ?? 0) }, (_, index) => frame[7 + 3 * index] ?? 0);
  const across = Math.max(1, ...samplings.map((sampling) => sampling >> 4));
  const down = Math.max(1, ...samplings.map((sampling) => sampling & 15));
  const width = Math.max(1, frame.length < 5 ? 1 : frame.readUInt16BE(3));
  return Math.ceil(units / Math.ceil(width / (across * block))) * down * block;
}

function detailOf(components: readonly number[], scans: readonly Scan[]): DetailLevel {
  const lows = components.map((component) => {
    const own = scans.filter((scan) => scan.components.includes(component));
    return Array.from({ length: COEFFICIENTS }, (_, at) =>
      Math.min(...own.filter(({ first, last }) => first <= at && at <= last).map(({ low }) => low)),
    );
  });
  // The first component is the brightness, which shows; of the colours their means will do.
  const needed = [...(lows[0] ?? []), ...lows.map(([mean = Number.POSITIVE_INFINITY]) => mean)];
  if (needed.length === 0 || needed.includes(Number.POSITIVE_INFINITY)) return 'coarse';
  return lows.flat().every((low) => low === 0) ? 'full' : 'soft';
}
