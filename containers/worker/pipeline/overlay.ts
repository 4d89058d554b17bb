import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp, { type OverlayOptions, type Sharp } from 'sharp';
import type { CommandParameters, Placement } from '../../../shared/domain/commands.ts';
import { ImageServiceError } from '../../../shared/domain/errors.ts';
import type { CommandContext } from './content-crop.ts';
import { alongX, alongY, type Size } from './geometry.ts';
import { translateWatermarkError } from './sharp-errors.ts';
import { openImage } from './source.ts';
import { checkWholeFile } from './whole-file.ts';

interface Overlay extends Size {
  data: Buffer;
  channels: 1 | 2 | 3 | 4;
}

const FONTS = join(dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')), 'ttf');

/** A pixel that leaves of what it lies in only that share. */
const veil = (opacity: number): OverlayOptions => ({
  input: Buffer.from([255, 255, 255, Math.round(opacity * 255)]),
  raw: { width: 1, height: 1, channels: 4 },
  tile: true,
  blend: 'dest-in',
});

async function pixels(image: Sharp): Promise<Overlay> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

const boxFor = ({ scale }: Pick<Placement, 'scale'>, size: Size): Size =>
  scale === undefined ? size : { width: Math.max(1, Math.round(size.width * scale)), height: size.height };

/** An image to lay over another of that size, upright, scaled and as opaque as asked. */
export async function scaleWatermark(
  path: string,
  placement: Omit<Placement, 'gravity'>,
  size: Size,
  { maxInputPixels, withTimeout }: CommandContext,
): Promise<Overlay> {
  await checkWholeFile(path, 'watermark_unreadable');
  const image = await openImage(path, maxInputPixels).catch(translateWatermarkError);
  const scaled = withTimeout(image())
    .autoOrient()
    .resize({ ...boxFor(placement, size), fit: 'inside', withoutEnlargement: placement.scale === undefined })
    .composite([veil(placement.opacity)]);
  return await pixels(scaled).catch(translateWatermarkError);
}

const escapeMarkup = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll("'", '&apos;');

/** The least that a character of the font is wide on average, in font sizes: so that an estimate errs on the large side. */
const NARROWEST = 0.45;

/** The size to draw text in: as asked, or as `scale` needs, but never so large that most of it would be thrown away again. */
function drawnFontSize({ text, fontSize, scale }: CommandParameters['watermarkText'], size: Size): number {
  const longest = Math.max(...text.split('\n').map((line) => line.length));
  const filling = (width: number) => Math.ceil(width / (NARROWEST * longest));
  const wanted = scale === undefined ? fontSize : filling(size.width * scale);
  return Math.max(4, Math.min(wanted, filling(2 * Math.max(size.width, size.height))));
}

/** Text to lay over an image of that size. Pango reads markup, so the text is escaped and carries its colour in markup of ours. */
export async function drawText(
  parameters: CommandParameters['watermarkText'],
  size: Size,
  { withTimeout }: CommandContext,
): Promise<Overlay> {
  const { text, bold, color, angle, opacity, scale } = parameters;
  const fontSize = drawnFontSize(parameters, size);
  const drawn = sharp({
    text: {
      text: `<span foreground="${color.slice(0, 7)}">${escapeMarkup(text)}</span>`,
      font: `DejaVu Sans ${bold ? 'Bold ' : ''}${fontSize}`,
      fontfile: join(FONTS, bold ? 'DejaVuSans-Bold.ttf' : 'DejaVuSans.ttf'),
      rgba: true,
      // A point is then a pixel.
      dpi: 72,
    },
  });
  const alpha = color.length === 9 ? Number.parseInt(color.slice(7), 16) / 255 : 1;
  try {
    const flat = await pixels(withTimeout(drawn));
    const turned = await pixels(
      withTimeout(sharp(flat.data, { raw: flat })).rotate(angle, { background: '#00000000' }),
    );
    const fitted = withTimeout(sharp(turned.data, { raw: turned }))
      .resize({
        ...boxFor({ ...(scale !== undefined && { scale }) }, size),
        fit: 'inside',
        withoutEnlargement: scale === undefined,
      })
      .composite([veil(opacity * alpha)]);
    return await pixels(fitted);
  } catch (error) {
    // Pango draws nothing where no character has a shape.
    throw new ImageServiceError('command_not_applicable', `The text cannot be drawn: ${(error as Error).message}`);
  }
}

/** Where an overlay goes, as sharp takes it. */
export function placeOverlay(overlay: Overlay, placement: Placement, size: Size): OverlayOptions {
  const { data, width, height, channels } = overlay;
  const { gravity, offsetX, offsetY, tile, blend } = placement;
  const shared = { input: data, raw: { width, height, channels }, blend };
  if (tile) return { ...shared, tile, gravity };
  const [x, y] = [alongX(gravity), alongY(gravity)];
  const left = Math.round((size.width - width) * x) + (x === 1 ? -offsetX : offsetX);
  const top = Math.round((size.height - height) * y) + (y === 1 ? -offsetY : offsetY);
  return { ...shared, left, top };
}

/** What roundCorners leaves: opaque inside a rounded rectangle of that size. */
export function roundMask({ width, height }: Size, radius: number | undefined): Buffer {
  const [rx, ry] = radius === undefined ? [width / 2, height / 2] : [radius, radius];
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="${width}" height="${height}" rx="${rx}" ry="${ry}"/></svg>`,
  );
}
