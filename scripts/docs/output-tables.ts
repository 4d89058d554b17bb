import {
  DEFAULT_EFFORTS,
  effortFor,
  LOSSLESS_WEBP_EFFORTS,
  SUBSAMPLED_FROM,
} from '../../shared/domain/format-costs.ts';
import type { OutputFormat } from '../../shared/domain/formats/image-format.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { OUTPUT_OPTIONS, type OutputOptions } from '../../shared/domain/output-options.ts';
import type { Album } from './album.ts';
import { pictureOf } from './command-sections.ts';
import { code, image, inline, table } from './markdown.ts';
import { ENCODINGS } from './pictures.ts';

type Option = keyof OutputOptions;

const MEANINGS: Record<Option, string> = {
  quality:
    'What is kept of the detail. Without one: JPEG and WebP 80, AVIF 50, PNG and TIFF lossless. With one, a PNG gets a palette and a TIFF holds a JPEG.',
  effort: 'Processor time spent on a smaller file, at most; see below. With one, a PNG gets a palette.',
  lossless: 'Keeps every pixel as it is.',
  progressive: 'Shows the whole image early and then better while it loads; PNG and GIF call it interlaced.',
  mozjpeg: 'As mozjpeg would write it: smaller, and slower to make.',
  palette: '256 colours at most.',
  maxBytes: 'The most bytes that the file may have; see below. It does not go with `lossless`.',
};

const options = Object.keys(MEANINGS) as Option[];
const formats = Object.entries(OUTPUT_OPTIONS) as [string, OutputOptions][];

const cell = (range: OutputOptions[Option]): string => {
  if (range === undefined) return '';
  return range === true ? 'yes' : range.map((bound) => bound.toLocaleString('en-US')).join(' to ');
};

const optionTable = (): string =>
  table(
    ['format', ...options.map(code)],
    formats.map(([format, taken]) => [code(format), ...options.map((option) => cell(taken[option]))]),
  );

const figures = ({ quality, format }: { quality?: number; format: string }): string =>
  quality === undefined ? format : `${format}, quality ${quality}`;

/** A browser shows all formats but TIFF. */
const encodingTable = (album: Album): string =>
  table(
    ['output', 'became', 'bytes', 'picture'],
    Object.entries(ENCODINGS).map(([name, { output }]) => {
      const shown = pictureOf(album, name);
      const picture = shown.format === 'tiff' ? `[${shown.file}](commands/${shown.file})` : image(shown, name, 1);
      return [code(inline(output)), figures(shown), shown.contentLength.toLocaleString('en-US'), picture];
    }),
  );

/** A row for each format, with the pixels that an effort is taken up to. */
const defaultEfforts = (): string =>
  table(
    ['format', 'effort by pixels'],
    [...Object.entries(DEFAULT_EFFORTS), ['webp, lossless', LOSSLESS_WEBP_EFFORTS] as const].map(([format, steps]) => [
      code(format),
      steps
        .map(([most, effort]) =>
          Number.isFinite(most)
            ? `${effort} up to ${most.toLocaleString('en-US')}`
            : `${effort} ${steps.length > 1 ? 'above' : 'always'}`,
        )
        .join(', '),
    ]),
  );

/** The most pixels that an effort is made for, in round figures. */
function mostPixels(format: OutputFormat, effort: number): string {
  const isMade = (pixels: number) =>
    effortFor({ format, effort, metadata: 'strip', hasAlpha: false, pixels }, 1) === effort;
  if (isMade(LIMITS.outputPixels)) return 'all';
  let [made, lowered]: [number, number] = [0, LIMITS.outputPixels];
  while (lowered - made > 1) {
    const middle = Math.floor((made + lowered) / 2);
    if (isMade(middle)) made = middle;
    else lowered = middle;
  }
  return (Math.floor(made / STEP) * STEP).toLocaleString('en-US');
}

/** Pixels that figures are rounded down to. */
const STEP = 10_000;

function namedEfforts(): string {
  const withEffort = (Object.keys(DEFAULT_EFFORTS) as OutputFormat[]).map((format) => ({
    format,
    range: OUTPUT_OPTIONS[format].effort ?? [0, 0],
  }));
  const efforts = Array.from({ length: 10 }, (_, index) => index + 1);
  return table(
    ['effort', ...withEffort.map(({ format }) => code(format))],
    efforts.map((effort) => [
      String(effort),
      ...withEffort.map(({ format, range: [, highest] }) => (effort > highest ? '' : mostPixels(format, effort))),
    ]),
  );
}

const PROSE = () => `### auto

\`auto\` chooses by content and not by who asks, so that a rendition is one file with one URL. A photograph becomes JPEG, or WebP where
anything shines through; a drawing, by its few colours or its even areas, becomes PNG, or WebP where \`maxBytes\` is given; an animation
becomes WebP. The rendition's \`contentType\` tells what it became.

### maxBytes

The service looks for the highest quality whose file is no larger, from \`quality\` downwards, or from 80 if none is given. The record tells
what it found as \`quality\`. If even quality 1 has too many bytes, the rendition fails with \`output_over_max_bytes\`: resize it to fewer
pixels.

### effort

A rendition has a limit of time, and a high effort takes a hundred times that of the lowest. So \`effort\` is the highest that is made: with many
pixels the encoder works with the highest below it that ends in time whatever the image shows. It depends on the format, the pixels, the
transparency and the options of the output and on nothing else, so the same request always gives the same bytes. Named efforts are made up to so many pixels
of opaque images, and up to fewer of transparent or lossless ones:

${namedEfforts()}

Without an \`effort\`, the service takes this:

${defaultEfforts()}

Pixels are those of all frames together. With \`maxBytes\`, for which there may be eight encodings, both tables are for an eighth of the pixels.

AVIF of more than ${SUBSAMPLED_FROM.toLocaleString('en-US')} pixels has its colour at half the resolution, as JPEG always has, unless it is \`lossless\`. The \`quality\` of
lossless WebP changes no pixel: like its effort it is time that is spent on a smaller file, and with effort 0 it is 25 unless it is named.

A rendition that might not end in its time or in its memory is not begun: it fails with \`rendition_too_costly\`, which tells what most of it is
for. Resize to fewer pixels first.

### metadata

\`strip\`, the default, leaves nothing of the original's metadata but Copyright and Artist of its EXIF. \`keep\` leaves EXIF and XMP, without the
orientation, which the pixels have by then, and without pictures: a thumbnail or a maker's preview would show what the commands have cut off
or blurred. Of EXIF stay the fields that its standard names, of 2 KiB each at most, their texts in UTF-8 (\`© José\`) whether they were that or Latin 1 before; XMP stays whole but for
an orientation, which becomes 1, or goes whole where it holds a picture, a value of more than 2 KiB, or more than 64 KiB. A TIFF keeps XMP only and a GIF nothing of all this, the copyright neither. Colours are sRGB in any case; where the original had a colour profile, the result has one as well.

### Animations

An animated GIF or WebP stays one if the output is \`webp\`, \`gif\` or \`auto\`. Each frame goes through all commands, and what the content
decides, such as \`trim\` or a crop by \`attention\`, is decided by the first. Other formats get the first frame, and so does any format where
the animation has more frames or pixels than the [limits](#limits) say. The record has \`frames\`, and its \`height\` is that of one frame.`;

/** Formats with their options, what each makes of one image, and what the names alone do not say. */
export const outputSection = (album: Album): string =>
  [
    '## Output',
    'Without an `output`, a rendition is `{ "format": "webp" }`. An option that a format does not have is refused. Formats without transparency get white behind it.',
    optionTable(),
    options.map((option) => `- ${code(option)}: ${MEANINGS[option]}`).join('\n'),
    'One small image in several encodings, as the service made them, and a logo for the second `auto`:',
    encodingTable(album),
    PROSE(),
    image(pictureOf(album, 'animation-1'), 'a balloon that passes a window, with round corners', 1),
  ].join('\n\n');
