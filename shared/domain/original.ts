import type { ImageFormat } from './formats/image-format.ts';
import type { Painting } from './svg/svg-painting.ts';
import type { SvgTree } from './svg/svg-tree.ts';

/** What a decoder goes through for an image, where that is not just the image: all of its tiles, layers and transparencies. */
export interface Decoded {
  /** Of all of them together; of an image with transparency half of that, as its figures are those of both. */
  pixels: number;
  /** Of the largest of them, which is held as a whole. */
  mostPixels: number;
  /** Of an AVIF, as often as they are gone through. */
  bytes: number;
}

/** What is known of an image before its pixels are: enough to tell what work on it costs. */
export interface Original {
  format: ImageFormat;
  /** Pixels as they are stored, of one frame; of a drawing what it is drawn as. */
  width: number;
  height: number;
  /** Bytes of the file. */
  bytes?: number;
  /** Of an AVIF or a TIFF, whose file tells. */
  decoded?: Decoded;
  /** Of what its decoder is given in the place of the file, held until the rendition is made. */
  heldBytes?: number;
  /** Of the frames of an animation that are held once they have been composed. */
  composedBytes?: number;
  /** Of an animation, pixels of its frames that are decoded and lie beside the screen. */
  hiddenPixels?: number;
  /** Of an animation that stays one. */
  frames?: number;
  /** Of a drawing, what it asks for and what is held of it. */
  drawing?: { painting: Painting; tree: SvgTree };
  hasAlpha?: boolean;
  /** Whether its pixels are turned upright first. */
  isTurned?: boolean;
  /** Whether that makes its width its height. */
  isOnItsSide?: boolean;
  /** Interlaced or progressive: such a file is held as a whole while it is decoded. */
  isProgressive?: boolean;
  /** Whether a JPEG has its colour at the resolution of its brightness, and not at half of it. */
  hasAllColour?: boolean;
  /** Whether a channel has more than 8 bits. */
  isDeep?: boolean;
  /** Whether sharp holds its pixels otherwise than as 8 bits of sRGB until a pass ends; a drawing's always. */
  isConverted?: boolean;
  /** Whether its copyright, which results keep, reaches them only on an image of its own: because of a thumbnail beside it, or of letters that are not ASCII. */
  carriesCopyright?: boolean;
  /** Whether each pixel is computed through all steps of its colour profile, and not looked up in one table. */
  isComputed?: boolean;
}
