import { open, readFile, stat } from 'node:fs/promises';
import sharp, { type Metadata, type Sharp, type SharpOptions } from 'sharp';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import { type ImageFormat, sniffFormat } from '../../../shared/domain/formats/image-format.ts';
import type { Size } from '../../../shared/domain/geometry.ts';
import { HEADER_BYTES, LIMITS } from '../../../shared/domain/limits.ts';
import type { Decoded } from '../../../shared/domain/original.ts';
import { plainSvg } from '../../../shared/domain/svg/svg-entities.ts';
import { checkPainting, type Painting, paintingOf } from '../../../shared/domain/svg/svg-painting.ts';
import { checkStyles } from '../../../shared/domain/svg/svg-styles.ts';
import type { SvgTree } from '../../../shared/domain/svg/svg-tree.ts';
import type { Warning } from '../../../shared/domain/warnings.ts';
import { readFully } from '../../../shared/storage/objects/read-fully.ts';
import { isBounded } from './colour-profile.ts';
import { openComposedGif } from './composed-gif.ts';
import { type Copyright, readCopyright } from './copyright.ts';
import { isSoundTo, openDamage } from './damage.ts';
import { openHeic } from './heic-image.ts';
import { type KeptMetadata, keptMetadata } from './kept-metadata.ts';
import { kindOf, type OriginalKind } from './original-kind.ts';
import { inOwnColours } from './own-colours.ts';
import { upToWrongChunk } from './png-checksums.ts';
import { checkStructure, type Structure } from './structure.ts';
import { densityOf, vectorSize as sizeOfVector } from './vector.ts';

/** Begins to decode an image anew. */
export type Opener = (options?: SharpOptions) => Sharp;

/** An original, its header read. */
export interface Source {
  open: Opener;
  /** As stored, and as seen when turned upright; of one frame. */
  size: Size;
  uprightSize: Size;
  isUpright: boolean;
  hasAlpha: boolean;
  hasProfile: boolean;
  /** What a drawing asks for; absent of what has pixels. */
  painting?: Painting;
  isVector: boolean;
  /** What an animation has beside its pixels; absent for an image of one frame. */
  animation?: { frames: number; delay: number[]; loop: number };
  /** All its frames one below the other, where they are composed and not decoded by sharp. */
  composed?: OpenedImage['composed'] | undefined;
  /** What tells the cost of decoding it, and what passes it takes. */
  kind: OriginalKind;
  /** What of its EXIF outlives processing. */
  copyright: Copyright;
  /** What of its metadata may be kept where that is asked for. */
  kept: KeptMetadata;
  /** Turns pixels that came from it as its EXIF orientation says. */
  orient(image: Sharp): Sharp;
  /** What it lacks, as far as it has been decoded; throws `image_unreadable` where that is too much. */
  warnings(): Promise<Warning[]>;
}

export interface SourceLimits {
  maxInputPixels: number;
  maxInputChannels?: number;
  /** Whether HEIC is decoded; not if absent. */
  heic?: boolean;
}

/** EXIF orientation (CIPA DC-008, tag 0x0112) as what to do about it: mirror left to right first, then turn clockwise. */
const ORIENTATIONS: Record<number, { flop: boolean; angle: number }> = {
  2: { flop: true, angle: 0 },
  3: { flop: false, angle: 180 },
  4: { flop: true, angle: 180 },
  5: { flop: true, angle: 270 },
  6: { flop: false, angle: 90 },
  7: { flop: true, angle: 90 },
  8: { flop: false, angle: 270 },
};

/** A file that can be decoded. */
export interface OpenedImage {
  open: Opener;
  metadata: Metadata;
  /** Where it is another than sharp tells. */
  format?: ImageFormat;
  /** Of an AVIF or a TIFF, what is decoded for it. */
  decoded?: Decoded;
  /** Of what its decoder is given in the place of the file; absent or 0 for a file. */
  heldBytes?: number;
  /** Of its frames, which are held once they have been composed; absent or 0 where they are composed anew. */
  composedBytes?: number;
  /** Of a GIF, pixels of its frames that are decoded and lie beside the screen. */
  hiddenPixels?: number | undefined;
  /** Of a drawing, what it has unless a resize comes first: its metadata tell another size. */
  vectorSize?: Size;
  painting?: Painting;
  tree?: SvgTree;
  /** All frames one below the other, four bytes to a pixel, where no decoder makes them. */
  composed?: () => Size & { data: Buffer };
  warnings: Source['warnings'];
}

type FailOn = NonNullable<SharpOptions['failOn']>;

/** What ends a decode: sharp's advice for images from strangers, but where the decoder repairs what can be, and what it says of it is judged instead. */
const FAIL_ON: Partial<Record<ImageFormat, FailOn>> = { jpeg: 'none', png: 'none', tiff: 'error' };
const FAIL_ON_ANYTHING: FailOn = 'warning';

/** Opens a file whose parts can be gone through, and reads its header. */
export async function openImage(path: string, limits: SourceLimits): Promise<OpenedImage> {
  const { maxInputPixels, maxInputChannels = LIMITS.inputChannels } = limits;
  const structure = await checkStructure(path, maxInputPixels);
  const failOn = (structure.format && FAIL_ON[structure.format]) ?? FAIL_ON_ANYTHING;
  const options = { failOn, limitInputChannels: maxInputChannels };
  if (structure.format === 'heic') return await openHeic(path, structure, limits);
  if (structure.isComposed) return await openComposedGif(path, structure, maxInputPixels);
  const vector = await readVector(path);
  if (!vector) return await openPixels(path, structure, { ...options, limitInputPixels: maxInputPixels });
  const { svg, tree } = vector;
  const painting = paintingOf(svg.toString('latin1'));
  // To measure it, librsvg may draw it once.
  checkPainting(painting, { width: 1, height: 1 });
  // What a drawing asks for is limited by how large it is drawn.
  const drawing = { ...options, limitInputPixels: false, density: densityOf(svg) };
  const open: Opener = (more) => sharp(svg, { ...drawing, ...more });
  const metadata = await open().metadata();
  const vectorSize = sizeOfVector(svg, metadata, limits);
  return { open, metadata, vectorSize, painting, tree, warnings: async () => [] };
}

async function openPixels(path: string, structure: Structure, options: SharpOptions): Promise<OpenedImage> {
  const { decoded, jpeg, isCut, hiddenPixels, warnings = [], colours } = structure;
  const header: string[] = [];
  const rewrite = structure.rewrite ?? (await withoutZeros(path, structure, options));
  const taken = rewrite ? await rewritten(path, rewrite) : path;
  const reader = sharp(taken, options).on('warning', (message: string) => header.push(message));
  const told = await reader.metadata();
  const { icc: stored, ...read } = told;
  const own = colours ? await inOwnColours(taken, colours, told) : { file: taken, warnings: [] };
  const { file, icc = stored } = own;
  const hasProfile = icc !== undefined && isBounded(icc);
  const decoder: Opener = (more) => sharp(file, { ...options, ignoreIcc: !hasProfile, ...more });
  // Told of a space, sharp has no decoder shrink what it decodes.
  const plain: Opener = jpeg?.isLossless ? (more) => decoder(more).pipelineColourspace('srgb') : decoder;
  const openSound = structure.format === 'png' ? () => openUpToWrongChunk(path, options) : undefined;
  const damage = openDamage({ open: () => plain(), size: read, header, isCut, jpeg, openSound });
  const open: Opener = (more) => damage.listen(plain(more));
  return {
    // sharp takes 16 bits with a profile to P3, and raw pixels do not tell.
    open: read.depth === 'ushort' && hasProfile ? (more) => open(more).withIccProfile('srgb') : open,
    metadata: { ...read, hasProfile, ...(hasProfile && { icc }) },
    ...(decoded && { decoded }),
    hiddenPixels,
    heldBytes: typeof file === 'string' ? 0 : file.length,
    warnings: async () => [...warnings, ...own.warnings, ...(await damage.judge())],
  };
}

async function openUpToWrongChunk(path: string, options: SharpOptions): Promise<(() => Sharp) | undefined> {
  if ((await stat(path)).size > LIMITS.rewrittenBytes) return undefined;
  const sound = await upToWrongChunk(path);
  return sound && (() => sharp(sound, options));
}

/** Leaves out the zeros with which a JPEG ends, unless they are its picture: flat areas may be coded as zeros. */
async function withoutZeros(
  path: string,
  { jpeg, zerosFrom }: Structure,
  options: SharpOptions,
): Promise<Structure['rewrite']> {
  if (zerosFrom === undefined) return undefined;
  const open = () => sharp(path, options);
  const original = { open, size: await open().metadata(), header: [], isCut: true, jpeg };
  if (await isSoundTo(original.size.height, original)) return undefined;
  return (file) => file.subarray(0, zerosFrom);
}

/** A file as its decoder takes it. */
async function rewritten(path: string, rewrite: (file: Buffer) => Buffer): Promise<Buffer> {
  const limit = LIMITS.rewrittenBytes;
  const { size } = await stat(path);
  if (size <= limit) return rewrite(await readFile(path));
  const detail = `The image is read as a copy that its decoder takes, for which it has too many bytes (${size}); the limit is ${limit}.`;
  throw new ImageServiceError('image_unreadable', detail, { limit, actual: size, unit: 'bytes' });
}

/**
 * The plain text of an SVG, which is what librsvg gets too: it follows references to other files only from where a file lies. Undefined for
 * other formats.
 */
async function readVector(path: string): Promise<{ svg: Buffer; tree: SvgTree } | undefined> {
  await using file = await open(path);
  const head = Buffer.alloc(HEADER_BYTES);
  const format = sniffFormat(head.subarray(0, await readFully(file, head, 0)));
  if (!format) throw new Error('The bytes are of no accepted format');
  if (format !== 'svg') return undefined;
  const { size } = await stat(path);
  if (size > LIMITS.svgBytes) throw new Error(`The SVG has ${size} bytes; the limit is ${LIMITS.svgBytes}`);
  const svg = plainSvg(await readFile(path));
  return { svg, tree: checkStyles(svg.toString('latin1')) };
}

/** Reads the header of an original. */
export async function readSource(path: string, limits: SourceLimits): Promise<Source> {
  const opened = await openImage(path, limits);
  const { open, metadata, vectorSize, painting, composed, warnings } = opened;
  const { width, height, autoOrient, orientation = 1, hasProfile, hasAlpha, exif, format, pages = 1 } = metadata;
  const isAnimation = pages > 1 && (format === 'gif' || format === 'webp');
  return {
    open,
    size: vectorSize ?? { width, height },
    uprightSize: vectorSize ?? autoOrient,
    isUpright: ORIENTATIONS[orientation] === undefined,
    hasAlpha,
    hasProfile,
    isVector: vectorSize !== undefined,
    ...(painting && { painting }),
    composed,
    ...(isAnimation && { animation: { frames: pages, delay: metadata.delay ?? [], loop: metadata.loop ?? 0 } }),
    kind: await kindOf(path, opened),
    copyright: exif ? readCopyright(exif) : {},
    kept: keptMetadata(metadata),
    warnings,
    orient: (image) => {
      const { flop, angle } = ORIENTATIONS[orientation] ?? { flop: false, angle: 0 };
      // sharp mirrors before it turns, whatever the order of the calls.
      return (flop ? image.flop() : image).rotate(angle);
    },
  };
}
