import { open, readFile, stat } from 'node:fs/promises';
import sharp, { type Metadata, type Sharp, type SharpOptions } from 'sharp';
import { ImageServiceError } from '../../../../shared/domain/errors.ts';
import { type ImageFormat, sniffFormat } from '../../../../shared/domain/formats/image-format.ts';
import type { Size } from '../../../../shared/domain/geometry.ts';
import { HEADER_BYTES, LIMITS } from '../../../../shared/domain/limits.ts';
import type { Decoded } from '../../../../shared/domain/original.ts';
import { plainSvg } from '../../../../shared/domain/svg/svg-entities.ts';
import { checkSvgLimits } from '../../../../shared/domain/svg/svg-limits.ts';
import { checkPainting, type Painting, paintingOf } from '../../../../shared/domain/svg/svg-painting.ts';
import type { SvgTree } from '../../../../shared/domain/svg/svg-tree.ts';
import type { Warning } from '../../../../shared/domain/warnings.ts';
import { readFully } from '../../../../shared/storage/objects/read-fully.ts';
import { applyDeclaredColours } from '../colour/declared-colours.ts';
import { isBoundedProfile } from '../colour/icc-profile.ts';
import { withSrgbProfile, workInSrgb } from '../colour/srgb.ts';
import { checkStructure, type Structure } from '../formats/check-structure.ts';
import { openComposedGif } from '../formats/gif/open-composed-gif.ts';
import { openHeic } from '../formats/heif/open-heic.ts';
import { upToWrongChecksum } from '../formats/png/png-checksums.ts';
import { isIntactTo, trackDamage } from './damage-warnings.ts';
import { densityOf, vectorSize as sizeOfVector } from './svg-drawn-size.ts';

/** Begins to decode an image anew. */
export type Opener = (options?: SharpOptions) => Sharp;

export interface SourceLimits {
  maxInputPixels: number;
  maxInputChannels?: number;
  /** Whether HEIC is decoded; not if absent. */
  heic?: boolean;
}

/** A file that can be decoded. */
export interface OpenedImage {
  open: Opener;
  metadata: Metadata;
  /** The format, if it differs from the one that sharp reports. */
  format?: ImageFormat;
  /** The tiles or strips that are decoded for an AVIF or a TIFF. */
  decoded?: Decoded;
  /** Bytes of the buffer that the decoder reads instead of the file; absent or 0 if it reads the file. */
  heldBytes?: number;
  /** Bytes of the frames that are held once they have been composed; absent or 0 if they are composed anew each time. */
  composedBytes?: number;
  /** Pixels of a GIF's frames that are decoded although they lie beside the screen. */
  hiddenPixels?: number | undefined;
  /** The size of a drawing unless a resize comes first; its metadata report another size. */
  vectorSize?: Size;
  painting?: Painting;
  tree?: SvgTree;
  /** Returns all frames one below the other with four bytes a pixel, if no decoder makes them. */
  composed?: () => Size & { data: Buffer };
  /** Warnings about what the image lacks, as far as it has been decoded; throws `image_unreadable` if it lacks too much. */
  warnings(): Promise<Warning[]>;
}

type FailOn = NonNullable<SharpOptions['failOn']>;

/** The severity that ends a decode. The default is sharp's advice for untrusted images. Decoders of the formats named here repair what they can, and damage-warnings.ts judges their warnings instead. */
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
  // The pixels of a drawing are limited by the size in which it is drawn.
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
  const reported = await reader.metadata();
  const { icc: stored, ...read } = reported;
  const own = colours ? await applyDeclaredColours(taken, colours, reported) : { file: taken, warnings: [] };
  const { file, icc = stored } = own;
  const hasProfile = icc !== undefined && isBoundedProfile(icc);
  const decoder: Opener = (more) => sharp(file, { ...options, ignoreIcc: !hasProfile, ...more });
  // Then the decoder does not shrink on load.
  const plain: Opener = jpeg?.isLossless ? (more) => workInSrgb(decoder(more)) : decoder;
  const openSound = structure.format === 'png' ? () => openUpToWrongChunk(path, options) : undefined;
  const damage = trackDamage({ open: () => plain(), size: read, header, isCut, jpeg, openSound });
  const open: Opener = (more) => damage.listen(plain(more));
  return {
    open: read.depth === 'ushort' && hasProfile ? (more) => withSrgbProfile(open(more)) : open,
    metadata: { ...read, hasProfile, ...(hasProfile && { icc }) },
    ...(decoded && { decoded }),
    hiddenPixels,
    heldBytes: typeof file === 'string' ? 0 : file.length,
    warnings: async () => [...warnings, ...own.warnings, ...(await damage.judge())],
  };
}

async function openUpToWrongChunk(path: string, options: SharpOptions): Promise<(() => Sharp) | undefined> {
  if ((await stat(path)).size > LIMITS.rewrittenBytes) return undefined;
  const sound = await upToWrongChecksum(path);
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
  if (await isIntactTo(original.size.height, original)) return undefined;
  return (file) => file.subarray(0, zerosFrom);
}

/** The bytes of a file in a form that its decoder accepts. */
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
  return { svg, tree: checkSvgLimits(svg.toString('latin1')) };
}
