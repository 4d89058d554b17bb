import { DEFAULT_EFFORTS, effortFor, LOSSLESS_WEBP_EFFORTS } from '../../shared/domain/format-costs.ts';
import type { OutputFormat } from '../../shared/domain/formats/image-format.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { OUTPUT_OPTIONS, type OutputOptions } from '../../shared/domain/output-options.ts';
import { type Album, pictureOf } from './album.ts';
import { code, image, inline, table } from './markdown.ts';
import { ENCODINGS } from './pictures.ts';

type Option = keyof OutputOptions;

/** All options, in the order of their columns. */
const options: Option[] = ['quality', 'effort', 'lossless', 'progressive', 'mozjpeg', 'palette', 'maxBytes'];
const formats = Object.entries(OUTPUT_OPTIONS) as [string, OutputOptions][];

const cell = (range: OutputOptions[Option]): string => {
  if (range === undefined) return '';
  return range === true ? 'yes' : range.map((bound) => bound.toLocaleString('en-US')).join(' to ');
};

export const optionTable = (): string =>
  table(
    ['format', ...options.map(code)],
    formats.map(([format, taken]) => [code(format), ...options.map((option) => cell(taken[option]))]),
  );

const figures = ({ quality, format }: { quality?: number; format: string }): string =>
  quality === undefined ? format : `${format}, quality ${quality}`;

/** A browser shows all formats but TIFF. */
export const encodingTable = (album: Album): string =>
  table(
    ['output', 'became', 'bytes', 'picture'],
    Object.entries(ENCODINGS).map(([name, { output }]) => {
      const shown = pictureOf(album, name);
      const picture = shown.format === 'tiff' ? `[${shown.file}](commands/${shown.file})` : image(shown, name, 1);
      return [code(inline(output)), figures(shown), shown.contentLength.toLocaleString('en-US'), picture];
    }),
  );

/** A row for each format, with the pixels that an effort is taken up to. */
export const defaultEfforts = (): string =>
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

/** The most pixels for which each effort of each format is made. */
export function namedEfforts(): string {
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
