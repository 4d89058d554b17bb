import type { ImageFormat } from './formats/image-format.ts';
import type { Painting } from './svg/svg-painting.ts';
import type { SvgTree } from './svg/svg-tree.ts';

/** What a decoder has to decode for an image that consists of tiles, layers or transparencies. */
export interface Decoded {
  /** The pixels of all of them together. For an image with transparency it is half, because the measured costs include the transparency. */
  pixels: number;
  /** The pixels of the largest of them, which is held as a whole. */
  mostPixels: number;
  /** The bytes to decode, for an AVIF; bytes that are decoded twice count twice. */
  bytes: number;
}

/** The facts about an image that are known before it is decoded. They suffice to estimate the cost of work on it. */
export interface Original {
  format: ImageFormat;
  /** Pixels of one frame as stored; for a drawing, pixels as it is drawn. */
  width: number;
  height: number;
  /** The size of the file. */
  bytes?: number;
  /** Known for AVIF and TIFF. */
  decoded?: Decoded;
  /** Bytes that its decoder gets instead of the file, held until the rendition is done. */
  heldBytes?: number;
  /** Bytes of the composed frames of an animation, which are held. */
  composedBytes?: number;
  /** Pixels of an animation's frames that are decoded although they lie outside the screen. */
  hiddenPixels?: number;
  /** The number of frames, if the result is animated. */
  frames?: number;
  /** For an SVG: the work of drawing it, and the memory that it takes. */
  drawing?: { painting: Painting; tree: SvgTree };
  hasAlpha?: boolean;
  /** Whether its pixels have to be turned upright. */
  isTurned?: boolean;
  /** Whether turning it upright exchanges width and height. */
  isOnItsSide?: boolean;
  /** Whether it is interlaced or progressive: such a file is held as a whole while it is decoded. */
  isProgressive?: boolean;
  /** Whether a JPEG has its colour at full resolution, without subsampling. */
  hasAllColour?: boolean;
  /** Whether a channel has more than 8 bits. */
  isDeep?: boolean;
  /** Whether sharp keeps its pixels in another form than 8-bit sRGB until a pass ends. It always does for a drawing. */
  isConverted?: boolean;
  /** Whether its copyright, which results keep, has to be written to a separate image: because of a thumbnail beside it, or of letters that are not ASCII. */
  carriesCopyright?: boolean;
  /** Whether each pixel is computed through all steps of its colour profile instead of being looked up in one table. */
  isComputed?: boolean;
}
