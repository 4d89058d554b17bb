import type { Sharp } from 'sharp';
import { ImageServiceError } from '../../../../shared/domain/errors.ts';
import type { Size } from '../../../../shared/domain/geometry.ts';
import { LIMITS } from '../../../../shared/domain/limits.ts';
import type { Warning } from '../../../../shared/domain/warnings.ts';
import type { JpegFacts } from '../formats/jpeg/jpeg-facts.ts';

/** Follows what a decoder says about an original that it repairs. */
export interface DamageTracker {
  /** Collects the decoder's warnings about an image that is decoded from the original. */
  listen(image: Sharp): Sharp;
  /** Warnings about what the images decoded so far lack; throws `image_unreadable` if more is missing than LIMITS allow. */
  judge(): Promise<Warning[]>;
}

/** Facts about an original whose decoder repairs what it can. */
export interface Damageable {
  /** Begins to decode it anew, as it is stored. */
  open(): Sharp;
  size: Size;
  /** Warnings that the decoder has given about the header, which cost no pixel. */
  header: readonly string[];
  /** Whether the file ends before its data do. */
  isCut: boolean;
  /** Opens the part of a PNG before the first chunk of pixels with a wrong checksum; undefined if all checksums are right. */
  openSound?: (() => Promise<(() => Sharp) | undefined>) | undefined;
  /** Facts about a JPEG; absent for other formats. */
  jpeg?: JpegFacts | undefined;
}

/** libjpeg reports how often it has warned, and the reason of the first warning only. Each decode, and each part of one, may report again. */
const COUNT = /^read gave (\d+) warnings/;
/** Warnings that cost no pixel: about a colour profile, which is left out; the number of a tile, whose reason has a warning of its own; data after all pixels of a PNG. */
const NO_PIXELS = /profile|\bicc\b|^error in tile|extra compressed data/i;
/** A warning about the checksum over all pixels of a PNG, which does not show where the damage is. */
const WRONG_CHECKSUM = /incorrect data check/i;
/** Warnings about data that libjpeg skips or finds in an unusual order; the data that follow are read correctly. */
const PASSED_OVER = /extraneous bytes|inconsistent progression/i;
/** Warnings about JPEG data that are out of step; libjpeg notices only when they make no sense any more. */
const OUT_OF_STEP = /premature end of data segment|bad Huffman code|instead of RST/i;

/** The warnings about images decoded from one original. */
interface DecoderWarnings {
  messages: Set<string>;
  /** The most warnings of libjpeg's in one decode. */
  count: number;
}

function hear(image: Sharp, heard: DecoderWarnings): Sharp {
  return image.on('warning', (message: string) => {
    const [, count] = COUNT.exec(message) ?? [];
    if (count) heard.count = Math.max(heard.count, Number(count));
    else heard.messages.add(message);
  });
}

/** The warnings that are about pixels. */
const complaintsIn = ({ messages }: DecoderWarnings, header: readonly string[]): string[] =>
  [...messages].filter((message) => !header.includes(message) && !NO_PIXELS.test(message));

/** Whether a decoder has warned of more than it does for a file that has all of its pixels. */
const isBad = (heard: DecoderWarnings, { header, jpeg }: Damageable, toEnd: boolean): boolean =>
  jpeg ? heard.count > jpeg.harmlessWarnings + (toEnd ? jpeg.endWarnings : 0) : complaintsIn(heard, header).length > 0;

/**
 * Listens to the decoder of an original. Most originals cost nothing by it: the damage is measured, once, only when there was a warning. sharp hands
 * the warnings of libvips to whichever image ends next, so a process decodes one image at a time.
 */
export function trackDamage(original: Damageable): DamageTracker {
  const heard: DecoderWarnings = { messages: new Set(), count: 0 };
  let judged: Promise<Warning[]> | undefined;
  return {
    listen: (image) => hear(image, heard),
    async judge() {
      if (!isBad(heard, original, true) && !isSoft(original)) return [];
      judged ??= measure(original, heard);
      return await judged;
    },
  };
}

/** Whether the file ends between two scans, where libjpeg warns of no more than a missing end marker. */
const isSoft = ({ jpeg }: Damageable): boolean =>
  jpeg?.isCut === true && !jpeg.isInRows && jpeg.detailWithout(0) !== 'full';

async function measure(original: Damageable, heard: DecoderWarnings): Promise<Warning[]> {
  const { jpeg } = original;
  if (!jpeg || jpeg.isInRows) {
    const isPassedOver = jpeg && !jpeg.isCut && jpeg.harmlessWarnings === 0 && hasPassedOver(heard);
    return isPassedOver ? [PASSED_OVER_WARNING] : await measureRows(original, heard);
  }
  if (jpeg.isCut) return judgeDetail(jpeg.detailWithout(isBad(heard, original, true) ? 1 : 0));
  if (hasPassedOver(heard)) return [PASSED_OVER_WARNING];
  throw new ImageServiceError(
    'image_unreadable',
    'The file is damaged, and as its rows are stored all together, so are all of them. Send it again.',
  );
}

const hasPassedOver = ({ messages }: DecoderWarnings): boolean =>
  [...messages].some((message) => PASSED_OVER.test(message));

const PASSED_OVER_WARNING: Warning = {
  code: 'image_damaged',
  detail:
    'The file has bytes among its data that belong to nothing. They were left out; parts of the picture may look wrong.',
};

function judgeDetail(detail: 'coarse' | 'soft' | 'full'): Warning[] {
  if (detail !== 'coarse') {
    const missing = detail === 'soft' ? 'its finest details are missing' : 'its end is missing';
    return [{ code: 'image_cut', detail: `The file ends early: ${missing}.` }];
  }
  const why = 'The file ends early: it has no more than a coarse preview of the picture. Send it again.';
  throw new ImageServiceError('image_unreadable', why);
}

/** Finds the first row that the decoder complains about, and decides what it means. */
async function measureRows(original: Damageable, heard: DecoderWarnings): Promise<Warning[]> {
  const { jpeg, size, isCut } = original;
  const { height } = size;
  const { isKnown, sound, isExact } = await boundedRows(original);
  const complaints = complaintsIn(heard, original.header);
  if (!jpeg && !isKnown && complaints.every((message) => WRONG_CHECKSUM.test(message))) return [CHECKSUM_WARNING];
  const isOutOfStep = jpeg && (!isCut || complaints.some((message) => OUT_OF_STEP.test(message)));
  if (!isOutOfStep || sound === height) return checkMissingRows({ missing: height - sound, height, isCut, isExact });
  if (jpeg.restartRows === undefined) throw outOfStep(sound);
  return checkMissingRows({
    missing: Math.min(height, height - sound + jpeg.restartRows),
    height,
    isCut: false,
    isExact,
  });
}

const CHECKSUM_WARNING: Warning = {
  code: 'image_damaged',
  detail:
    'The checksum of all pixels is wrong, though those of their chunks are right. Parts of the picture may look wrong.',
};

/** The rows before the damage, which a decoder may notice only later, and whether checksums show where the damage begins. */
async function boundedRows(original: Damageable): Promise<SoundRows & { isKnown: boolean }> {
  const before = original.isCut ? undefined : await original.openSound?.();
  const noticed = await soundRows(original);
  if (!before) return { ...noticed, isKnown: false };
  const { size } = original;
  const rows = await soundRows({ open: before, size, header: original.header, isCut: true });
  return { ...(rows.sound < noticed.sound ? rows : noticed), isKnown: true };
}

/** All rows count as damaged, because nothing shows which are intact. */
const outOfStep = (sound: number): ImageServiceError =>
  new ImageServiceError(
    'image_unreadable',
    `The file is damaged: the picture may look wrong from row ${sound + 1} on or from further up, and a JPEG without restart markers does not tell from where. Send it again.`,
  );

interface SoundRows {
  sound: number;
  /** Whether the next row is not; more may be otherwise. */
  isExact: boolean;
}

/** Pixels that are decoded to count rows: all halvings of 20 megapixels, and three of the most that an image may have. */
const COUNTED_PIXELS = 256e6;

/**
 * Finds the rows before the first one that the decoder complains about, by halving: the decoder reads from the top, and no further than it is asked to. For
 * a large image the search stops before it takes longer than a rendition.
 */
async function soundRows(original: Damageable): Promise<SoundRows> {
  const { width, height } = original.size;
  let [sound, damaged] = [0, height + 1];
  for (let left = COUNTED_PIXELS; damaged - sound > 1 && left > 0; ) {
    const row = Math.floor((sound + damaged) / 2);
    left -= row * width;
    if (await isIntactTo(row, original)) sound = row;
    else damaged = row;
  }
  return { sound, isExact: damaged - sound <= 1 };
}

/** Whether the decoder gives its rows down to one, counted from 1, without a complaint. */
export async function isIntactTo(row: number, original: Damageable): Promise<boolean> {
  const heard: DecoderWarnings = { messages: new Set(), count: 0 };
  const image = hear(original.open(), heard).extract({ left: 0, top: row - 1, width: 1, height: 1 });
  try {
    await image.raw().toBuffer();
  } catch {
    return false;
  }
  // Warnings about the end of the file do not count, because it is not read yet.
  return !isBad(heard, original, false);
}

/** Rows that an original lacks. */
interface Lack {
  missing: number;
  height: number;
  isCut: boolean;
  /** Whether nothing is shown in their place. */
  isLeftOut?: boolean;
  /** Whether no fewer are missing. */
  isExact?: boolean;
}

/** A warning for so many missing rows; throws when they are too many. */
export function checkMissingRows({ missing, height, isCut, isLeftOut = false, isExact = true }: Lack): Warning[] {
  if (missing === 0) return [];
  const rows = `${isExact ? '' : 'at most '}${missing} of ${height} rows`;
  const how = isCut || isLeftOut ? 'are missing' : `may look wrong, from row ${height - missing + 1} on`;
  const detail = `The file ${isCut ? 'ends early' : 'is damaged'}: ${rows} ${how}.`;
  const limit = Math.floor((height * LIMITS.missingRowsPercent) / 100);
  if (missing <= limit) return [{ code: isCut ? 'image_cut' : 'image_damaged', detail }];
  throw new ImageServiceError('image_unreadable', `${detail} The limit is ${limit}. Send it again.`, {
    limit,
    actual: missing,
  });
}
