import type { Sharp } from 'sharp';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import type { Size } from '../../../shared/domain/geometry.ts';
import { LIMITS } from '../../../shared/domain/limits.ts';
import type { Warning } from '../../../shared/domain/warnings.ts';
import type { JpegFacts } from './jpeg-facts.ts';

/** What is wrong with an original, as its decoder repairs it. */
export interface Damage {
  /** Has an image that is decoded from the original tell what its decoder says of it. */
  listen(image: Sharp): Sharp;
  /** What the images decoded so far lack; throws `image_unreadable` where that is more than LIMITS let be missing. */
  judge(): Promise<Warning[]>;
}

/** What is known of an original whose decoder repairs what it can. */
export interface Damageable {
  /** Begins to decode it anew, as it is stored. */
  open(): Sharp;
  size: Size;
  /** What its decoder has said of its header already, which costs no pixel. */
  header: readonly string[];
  /** Whether the file ends before its data do. */
  isCut: boolean;
  /** Of a PNG: opens what stands before the first chunk of pixels whose checksum is wrong; undefined if all are right. */
  openSound?: (() => Promise<(() => Sharp) | undefined>) | undefined;
  /** Of a JPEG. */
  jpeg?: JpegFacts | undefined;
}

/** libjpeg tells how often it has warned, and of what only the first time; each decode and each part of one may say so again. */
const COUNT = /^read gave (\d+) warnings/;
/** Of colour profiles, which are left out then. Of tiles it is said which have failed, beside why. Behind all pixels of a PNG nothing is needed. */
const NO_PIXELS = /profile|\bicc\b|^error in tile|extra compressed data/i;
/** Of the checksum over all pixels of a PNG, which does not tell where it goes wrong. */
const WRONG_CHECKSUM = /incorrect data check/i;
/** Of data that libjpeg passes over, or finds in another order than others write them: what follows is read as it should be. */
const PASSED_OVER = /extraneous bytes|inconsistent progression/i;
/** Of data of a JPEG that are out of step, which says itself only where they make no sense any more. */
const OUT_OF_STEP = /premature end of data segment|bad Huffman code|instead of RST/i;

/** What images of one original have told. */
interface Told {
  messages: Set<string>;
  /** The most warnings of libjpeg's in one decode. */
  count: number;
}

function hear(image: Sharp, told: Told): Sharp {
  return image.on('warning', (message: string) => {
    const [, count] = COUNT.exec(message) ?? [];
    if (count) told.count = Math.max(told.count, Number(count));
    else told.messages.add(message);
  });
}

/** What is said of pixels. */
const complaintsIn = ({ messages }: Told, header: readonly string[]): string[] =>
  [...messages].filter((message) => !header.includes(message) && !NO_PIXELS.test(message));

/** Whether what a decoder has told is more than it says of a file all of whose pixels are there. */
const isBad = (told: Told, { header, jpeg }: Damageable, toEnd: boolean): boolean =>
  jpeg ? told.count > jpeg.harmlessWarnings + (toEnd ? jpeg.endWarnings : 0) : complaintsIn(told, header).length > 0;

/**
 * Listens to the decoder of an original. Most originals cost nothing by it: only where one is told of is it measured, once. sharp hands what
 * libvips has said to whichever image ends next, so that a process decodes one at a time.
 */
export function openDamage(original: Damageable): Damage {
  const told: Told = { messages: new Set(), count: 0 };
  let judged: Promise<Warning[]> | undefined;
  return {
    listen: (image) => hear(image, told),
    async judge() {
      if (!isBad(told, original, true) && !isSoft(original)) return [];
      judged ??= measure(original, told);
      return await judged;
    },
  };
}

/** Whether the file ends between two scans, of which libjpeg says no more than of a missing end marker. */
const isSoft = ({ jpeg }: Damageable): boolean =>
  jpeg?.isCut === true && !jpeg.isInRows && jpeg.detailWithout(0) !== 'full';

async function measure(original: Damageable, told: Told): Promise<Warning[]> {
  const { jpeg } = original;
  if (!jpeg || jpeg.isInRows) {
    const isPassedOver = jpeg && !jpeg.isCut && jpeg.harmlessWarnings === 0 && hasPassedOver(told);
    return isPassedOver ? [PASSED_OVER_WARNING] : await measureRows(original, told);
  }
  if (jpeg.isCut) return judgeDetail(jpeg.detailWithout(isBad(told, original, true) ? 1 : 0));
  if (hasPassedOver(told)) return [PASSED_OVER_WARNING];
  throw new ImageServiceError(
    'image_unreadable',
    'The file is damaged, and as its rows are stored all together, so are all of them. Send it again.',
  );
}

const hasPassedOver = ({ messages }: Told): boolean => [...messages].some((message) => PASSED_OVER.test(message));

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

/** What the first row of which the decoder complains means. */
async function measureRows(original: Damageable, told: Told): Promise<Warning[]> {
  const { jpeg, size, isCut } = original;
  const { height } = size;
  const { isKnown, sound, isExact } = await boundedRows(original);
  const complaints = complaintsIn(told, original.header);
  if (!jpeg && !isKnown && complaints.every((message) => WRONG_CHECKSUM.test(message))) return [CHECKSUM_WARNING];
  const isOutOfStep = jpeg && (!isCut || complaints.some((message) => OUT_OF_STEP.test(message)));
  if (!isOutOfStep || sound === height) return judgeRows({ missing: height - sound, height, isCut, isExact });
  if (jpeg.restartRows === undefined) throw outOfStep(sound);
  return judgeRows({ missing: Math.min(height, height - sound + jpeg.restartRows), height, isCut: false, isExact });
}

const CHECKSUM_WARNING: Warning = {
  code: 'image_damaged',
  detail:
    'The checksum of all pixels is wrong, though those of their chunks are right. Parts of the picture may look wrong.',
};

/** The rows that are sound, and whether it is known by checksums that no other is: those before what is wrong, be it that its decoder notices later. */
async function boundedRows(original: Damageable): Promise<SoundRows & { isKnown: boolean }> {
  const before = original.isCut ? undefined : await original.openSound?.();
  const noticed = await soundRows(original);
  if (!before) return { ...noticed, isKnown: false };
  const { size } = original;
  const rows = await soundRows({ open: before, size, header: original.header, isCut: true });
  return { ...(rows.sound < noticed.sound ? rows : noticed), isKnown: true };
}

/** All rows count as damaged, because nothing tells which are not. */
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
 * Finds the rows before the first of which the decoder complains, by halving: it reads from the top, and no further than it is asked to. Of a large image
 * it stops before that takes longer than making something of it.
 */
async function soundRows(original: Damageable): Promise<SoundRows> {
  const { width, height } = original.size;
  let [sound, damaged] = [0, height + 1];
  for (let left = COUNTED_PIXELS; damaged - sound > 1 && left > 0; ) {
    const row = Math.floor((sound + damaged) / 2);
    left -= row * width;
    if (await isSoundTo(row, original)) sound = row;
    else damaged = row;
  }
  return { sound, isExact: damaged - sound <= 1 };
}

/** Whether the decoder gives its rows down to one, counted from 1, without a complaint. */
export async function isSoundTo(row: number, original: Damageable): Promise<boolean> {
  const told: Told = { messages: new Set(), count: 0 };
  const image = hear(original.open(), told).extract({ left: 0, top: row - 1, width: 1, height: 1 });
  try {
    await image.raw().toBuffer();
  } catch {
    return false;
  }
  // The end of the file is not read yet.
  return !isBad(told, original, false);
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

/** What so many missing rows mean; throws where they are too many. */
export function judgeRows({ missing, height, isCut, isLeftOut = false, isExact = true }: Lack): Warning[] {
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
