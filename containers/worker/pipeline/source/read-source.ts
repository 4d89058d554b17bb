import type { Sharp } from 'sharp';
import type { Size } from '../../../../shared/domain/geometry.ts';
import type { Painting } from '../../../../shared/domain/svg/svg-painting.ts';
import type { Warning } from '../../../../shared/domain/warnings.ts';
import { type Copyright, readCopyright } from '../metadata/copyright.ts';
import { type KeptMetadata, keptMetadata } from '../metadata/kept-metadata.ts';
import { type OpenedImage, type Opener, openImage, type SourceLimits } from './open-image.ts';
import { type OriginalKind, readOriginalKind } from './original-kind.ts';

/** An original, its header read. */
export interface Source {
  open: Opener;
  /** The size of one frame as stored; `uprightSize` is the size when turned upright. */
  size: Size;
  uprightSize: Size;
  isUpright: boolean;
  hasAlpha: boolean;
  hasProfile: boolean;
  /** The drawing operations of an SVG; absent for images that have pixels. */
  painting?: Painting;
  isVector: boolean;
  /** The timing of an animation; absent for an image of one frame. */
  animation?: { frames: number; delay: number[]; loop: number };
  /** Returns all frames one below the other, when they are composed here and not decoded by sharp. */
  composed?: OpenedImage['composed'] | undefined;
  /** The facts that decide the cost of decoding and the passes that it takes. */
  kind: OriginalKind;
  /** The part of its EXIF that outlives processing. */
  copyright: Copyright;
  /** The metadata that are kept when a rendition asks for it. */
  kept: KeptMetadata;
  /** Turns pixels that came from it as its EXIF orientation says. */
  orient(image: Sharp): Sharp;
  /** Warnings about what the original lacks, as far as it has been decoded; throws `image_unreadable` if it lacks too much. */
  warnings(): Promise<Warning[]>;
}

/** The operations that undo an EXIF orientation (CIPA DC-008, tag 0x0112): mirror left to right first, then turn clockwise. */
const ORIENTATIONS: Record<number, { flop: boolean; angle: number }> = {
  2: { flop: true, angle: 0 },
  3: { flop: false, angle: 180 },
  4: { flop: true, angle: 180 },
  5: { flop: true, angle: 270 },
  6: { flop: false, angle: 90 },
  7: { flop: true, angle: 90 },
  8: { flop: false, angle: 270 },
};

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
    kind: await readOriginalKind(path, opened),
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
