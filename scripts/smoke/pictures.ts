import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import sharp from 'sharp';
import { IMAGE_FORMATS } from '../../shared/domain/formats/image-format.ts';
import { metadataRemover } from '../../shared/uploads/remove-metadata.ts';
import { imageOf } from './decoded.ts';
import { covered, cropped, difference, type Pixels, paint, type Scene, type Size, scene, turned } from './scene.ts';

/** A rendition to request, and what it must look like. */
export interface AskedRendition {
  name: string;
  /** As the API takes it. */
  request: string | object;
  mediaType: string;
  size: Size;
  /** What it shows. */
  scene: Scene;
}

/** A picture to upload. */
export interface Picture {
  fileName: string;
  mediaType: string;
  bytes: Buffer;
  /** As a viewer shows it, upright. */
  size: Size;
  checksumSha256: string;
  renditions: AskedRendition[];
}

/** Strong enough to be seen, weak enough to vanish when a picture is reduced. */
const GRAIN = 12;

const raw = ({ data, width, height }: Pixels) => sharp(data, { raw: { width, height, channels: 3 } });

const pictureOf = (bytes: Buffer, rest: Omit<Picture, 'bytes' | 'checksumSha256'>): Picture => ({
  ...rest,
  bytes,
  checksumSha256: createHash('sha256').update(bytes).digest('base64'),
});

/** A JPEG of which nothing has to be removed any more, so that it is stored as it is, whatever `api.originalMetadata` says. The orientation stays. */
async function withoutMetadata(jpeg: Buffer): Promise<Buffer> {
  const remover = metadataRemover('jpeg');
  const [rest] = await Promise.all([buffer(remover), pipeline(Readable.from([jpeg]), remover)]);
  return rest;
}

/** A photograph as a camera held upright makes it: the pixels lie on their side, and the EXIF orientation says so. */
export async function smallPhotograph(run: string): Promise<Picture> {
  const size = { width: 1200, height: 800 };
  const painted = await raw(paint(scene, size, GRAIN))
    .rotate(-90)
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 90 })
    .toBuffer();
  const bytes = await withoutMetadata(painted);
  const crop = { operation: 'crop', left: 300, top: 100, width: 720, height: 480 };
  return pictureOf(bytes, {
    fileName: `${run}-whole.jpg`,
    mediaType: IMAGE_FORMATS.jpeg.mediaType,
    size,
    renditions: [
      {
        name: 'cropped',
        request: {
          name: 'cropped',
          commands: [crop, { operation: 'resize', width: 360, height: 240 }],
          output: { format: 'webp', quality: 90 },
        },
        mediaType: IMAGE_FORMATS.webp.mediaType,
        size: { width: 360, height: 240 },
        scene: cropped(scene, 300 / 1200, 100 / 800, 720 / 1200, 480 / 800),
      },
      {
        name: 'turned',
        request: {
          name: 'turned',
          commands: [
            { operation: 'rotate', angle: 90 },
            { operation: 'resize', width: 200 },
          ],
          output: { format: 'avif', quality: 70 },
        },
        mediaType: IMAGE_FORMATS.avif.mediaType,
        size: { width: 200, height: 300 },
        scene: turned(scene),
      },
      {
        name: 'thumb',
        request: 'thumb',
        mediaType: IMAGE_FORMATS.webp.mediaType,
        size: { width: 200, height: 200 },
        scene: cropped(scene, 1 / 6, 0, 2 / 3, 1),
      },
    ],
  });
}

/** A picture of more than 5 MiB, so that it needs two parts. It gets the first one as its watermark. */
export async function largePicture(run: string, watermarkId: string): Promise<Picture> {
  const size = { width: 1800, height: 1200 };
  const bytes = await raw(paint(scene, size, GRAIN))
    .png({ compressionLevel: 0 })
    .toBuffer();
  const mark = { operation: 'watermark', imageId: watermarkId, scale: 0.25, gravity: 'northwest' };
  return pictureOf(bytes, {
    fileName: `${run}-parts.png`,
    mediaType: IMAGE_FORMATS.png.mediaType,
    size,
    renditions: [
      {
        name: 'marked',
        request: {
          name: 'marked',
          commands: [
            { operation: 'resize', width: 600, height: 400 },
            { ...mark, offsetX: 60, offsetY: 60 },
          ],
          output: { format: 'png' },
        },
        mediaType: IMAGE_FORMATS.png.mediaType,
        size: { width: 600, height: 400 },
        scene: covered(scene, scene, [60 / 600, 60 / 400, 150 / 600, 100 / 400]),
      },
    ],
  });
}

/** Measured: lossy formats and grain make 1.0 to 1.4 of 255 in the mean and 3.6 in the worst block; a crop that is six pixels off makes 8. */
const MOST = { mean: 2.5, worst: 7 };

/** Compares a rendition's bytes with what they must show. Returns what is wrong. */
export async function wrongWith(bytes: Buffer, { size, scene: shown }: AskedRendition): Promise<string | undefined> {
  const seen = await imageOf(bytes).catch((error: Error) => error);
  if (seen instanceof Error) return `it cannot be decoded (${seen.message})`;
  const of = ({ width, height }: Size) => `${width} × ${height}`;
  if (of(seen) !== of(size)) return `it is ${of(seen)} pixels, and not ${of(size)}`;
  const { mean, worst } = difference(seen, paint(shown, size));
  if (mean <= MOST.mean && worst <= MOST.worst) return undefined;
  return `it shows something else: its samples differ by ${mean.toFixed(1)} of 255 in the mean, and by ${worst.toFixed(1)} in the worst block, where ${MOST.mean} and ${MOST.worst} are the most`;
}
