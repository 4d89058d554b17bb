import { PROBLEM_STATUS } from '../../shared/contracts/api/problem.ts';
import { ERRORS, type ErrorCode } from '../../shared/domain/errors.ts';
import { LIMITS } from '../../shared/domain/limits.ts';
import { WARNINGS } from '../../shared/domain/warnings.ts';
import { code, table } from './markdown.ts';

/** What of the limits commands and outputs run into. */
const MEANINGS: Partial<Record<keyof typeof LIMITS, string>> = {
  commandsPerRendition: 'commands in one list',
  renditionsPerRequest: 'renditions asked for in one request',
  renditionsPerImage: 'renditions of one image',
  jsonBytes: 'bytes of a request in JSON, or of the field `renditions` of a form',
  inputPixels: 'pixels of an original, and of an image that is laid over another',
  profileBytes: 'bytes of the colour profile of an original; one of more is not looked at',
  inputChannels: 'channels of an original, the one for transparency included',
  heicInputPixels: 'pixels of a HEIC',
  heicBytes: 'bytes of a HEIC',
  svgBytes: 'bytes of an SVG',
  svgEntities: 'flat entities that an SVG declares',
  svgEntityBytes: 'bytes that one of them stands for',
  svgElements: 'elements of an SVG, those of drawings that it embeds included',
  svgStyleComparisons: 'comparisons of the selectors of an SVG’s style sheets with its elements',
  svgTextSquares: 'squares of the bytes of each text of an SVG, together',
  svgDrawingSeconds: 'seconds that drawing an SVG may take, as counted before',
  svgDimension: 'pixels a side that an SVG may ask for',
  missingRowsPercent:
    'of a hundred rows of an original those that are missing or damaged; of more it is `image_unreadable`',
  jpegScans: 'scans of a JPEG',
  jpegSegments: 'segments of a JPEG',
  pngChunks: 'chunks of a PNG',
  webpChunks: 'chunks of a WebP, those in its frames included',
  avifBoxes: 'boxes at the top of an AVIF',
  avifMetaBytes: 'bytes of the `meta` box of an AVIF',
  avifItems: 'items of an AVIF, its tiles included',
  avifParts: 'properties of the items of an AVIF, references between them and units of their data',
  gifParts: 'frames and extensions of a GIF',
  gifBlocks: 'blocks of data of a GIF',
  hiddenFramePixels: 'pixels of the frames of a GIF that are decoded and lie beside its screen',
  rewrittenBytes:
    'bytes of a PNG or AVIF whose colours are read by CICP or gAMA, of an animated AVIF or PNG, and of a JPEG that ends within a segment or in zeros; a larger one is read without, with a warning, or not at all',
  composedGifBytes:
    'bytes of a GIF that is cut, lacks data of a frame, or has transparent places without a transparent index; a larger one is decoded as libvips does it, or `image_unreadable`',
  tiffDirectories: 'directories of a TIFF',
  outputPixels: 'pixels after any command',
  outputDimension: 'pixels a side of a result',
  animationFrames: 'frames of an animation that stays one',
  animationPixels: 'frames times pixels of an animation that stays one',
  resultBytes: 'bytes of a result',
  watermarkBytes: 'bytes of the original of an image that is laid over another',
  watermarksBytes: 'bytes of all images that one request lays over',
  watermarkTextLength: 'characters of a text that is laid over',
};

const CODES: ErrorCode[] = [
  'crop_outside_image',
  'command_not_applicable',
  'output_too_large',
  'output_over_max_bytes',
  'watermark_not_found',
  'watermark_too_large',
  'watermark_unreadable',
  'unsupported_image',
  'image_unreadable',
  'too_many_pixels',
  'too_many_channels',
  'rendition_too_costly',
  'processing_timeout',
  'processing_memory',
  'processing_crashed',
  'processing_failed',
];

/** The limits of commands and outputs, and how a rendition can fail that was asked for in good order. */
export const limitsSection = (): string =>
  [
    '## Limits',
    'Programs read them, with all others, from `GET /v1/limits`.',
    table(
      ['limit', 'at most', 'of what'],
      Object.entries(MEANINGS).map(([name, meaning]) => [
        code(name),
        LIMITS[name as keyof typeof LIMITS].toLocaleString('en-US'),
        meaning,
      ]),
    ),
    '## When a rendition fails',
    `A request with a wrong command is refused at once, with ${PROBLEM_STATUS.invalid_request} and the path of every wrong field. What only the image can tell makes the rendition \`failed\`; its record says why:`,
    table(
      ['code', 'meaning'],
      CODES.map((each) => [code(each), `${ERRORS[each].title}.`]),
    ),
    '## When a rendition lacks something',
    'What decoders repair is no failure: the rendition is `ready`, and `warnings` of its record say what it lacks, each with a `code` and a `detail`.',
    table(
      ['code', 'meaning'],
      Object.entries(WARNINGS).map(([each, title]) => [code(each), `${title}.`]),
    ),
  ].join('\n\n');
