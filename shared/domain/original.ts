import type { ImageFormat } from './image-format.ts';

/** What is known of an image before its pixels are: enough to tell what work on it costs. */
export interface Original {
  format: ImageFormat;
  /** Pixels, of one frame; of a drawing what it is drawn as. */
  width: number;
  height: number;
  /** Bytes of the file. */
  bytes?: number;
  /** Of an animation that stays one. */
  frames?: number;
  hasAlpha?: boolean;
  /** Whether its pixels are turned upright first. */
  isTurned?: boolean;
  /** Interlaced or progressive: such a file is held as a whole while it is decoded. */
  isProgressive?: boolean;
  /** Whether a channel has more than 8 bits. */
  isDeep?: boolean;
  /** Whether its pixels are others than 8 bits of sRGB, a drawing's included. */
  isConverted?: boolean;
}
