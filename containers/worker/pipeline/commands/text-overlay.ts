import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import type { CommandParameters } from '../../../../shared/domain/commands.ts';
import { rotatedTo, type Size } from '../../../../shared/domain/geometry.ts';
import { translateTextError } from '../sharp-errors.ts';
import type { CommandContext } from './content-crop.ts';
import { type Overlay, opacityMask, overlayBox, overlayPixels } from './overlay.ts';

type Text = CommandParameters['watermarkText'];

const FONTS = join(dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')), 'ttf');

/** The size of font in which text is measured: so small that the longest text has few pixels, and large enough to tell its proportions. */
const MEASURED_FONT_SIZE = 10;
const SMALLEST_FONT_SIZE = 4;

const escapeMarkup = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Pango reads markup, so the text is escaped and carries its colour in markup of ours. */
function setText({ text, bold, color }: Text, fontSize: number): Sharp {
  return sharp({
    text: {
      text: `<span foreground="${color.slice(0, 7)}">${escapeMarkup(text)}</span>`,
      font: `DejaVu Sans ${bold ? 'Bold ' : ''}${fontSize}`,
      fontfile: join(FONTS, bold ? 'DejaVuSans-Bold.ttf' : 'DejaVuSans.ttf'),
      rgba: true,
      // A point is then a pixel.
      dpi: 72,
    },
  });
}

/** The size to draw in: as asked, or as `scale` needs, but none in which the text would be larger than the image. */
function drawnFontSize({ fontSize, scale, angle }: Text, measured: Size, size: Size): number {
  const turned = rotatedTo(measured, angle);
  const factor = Math.min((size.width * (scale ?? 1)) / turned.width, size.height / turned.height);
  const filling = Math.max(SMALLEST_FONT_SIZE, factor * MEASURED_FONT_SIZE);
  return scale === undefined ? Math.min(fontSize, filling) : filling;
}

/** Text to lay over an image of that size. `command_not_applicable` if none of its characters has a shape. */
export async function drawText(parameters: Text, size: Size, { withTimeout }: CommandContext): Promise<Overlay> {
  const { color, angle, opacity } = parameters;
  const alpha = color.length === 9 ? Number.parseInt(color.slice(7), 16) / 255 : 1;
  try {
    const measured = await overlayPixels(withTimeout(setText(parameters, MEASURED_FONT_SIZE)));
    const drawn = await overlayPixels(withTimeout(setText(parameters, drawnFontSize(parameters, measured, size))));
    const turned = withTimeout(sharp(drawn.data, { raw: drawn })).rotate(angle, { background: '#00000000' });
    const { data, ...raw } = await overlayPixels(turned);
    return await overlayPixels(
      withTimeout(sharp(data, { raw }))
        .resize(overlayBox(parameters, size))
        .composite([opacityMask(opacity * alpha)]),
    );
  } catch (error) {
    return translateTextError(error);
  }
}
