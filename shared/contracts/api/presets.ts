import type { Pipeline } from '../../domain/commands.ts';
import { parsePipeline } from './command-schemas.ts';

const upTo = (pixels: number): Pipeline =>
  parsePipeline({
    commands: [
      { operation: 'autoOrient' },
      { operation: 'resize', width: pixels, height: pixels, fit: 'inside', withoutEnlargement: true },
    ],
    output: { format: 'webp', quality: 80 },
  });

/** Named pipelines. A rendition that is requested by the name of a preset has that name. */
export const PRESETS: ReadonlyMap<string, Pipeline> = new Map([
  /** A square for lists, cut from the middle. */
  [
    'thumb',
    parsePipeline({
      commands: [{ operation: 'autoOrient' }, { operation: 'resize', width: 200, height: 200, fit: 'cover' }],
      output: { format: 'webp', quality: 80 },
    }),
  ],
  /** Whole images, reduced to fit a square with this many pixels a side, never enlarged. */
  ['small', upTo(400)],
  ['medium', upTo(1000)],
  ['large', upTo(2000)],
  /** For link previews: the smallest size that Facebook shows large on high-resolution screens (https://developers.facebook.com/docs/sharing/webmasters/images). */
  [
    'social',
    parsePipeline({
      commands: [
        { operation: 'autoOrient' },
        { operation: 'resize', width: 1200, height: 630, fit: 'cover', position: 'attention' },
      ],
      output: { format: 'jpeg', quality: 85 },
    }),
  ],
  /** A round picture of a person, with transparent corners. */
  [
    'avatar',
    parsePipeline({
      commands: [
        { operation: 'autoOrient' },
        { operation: 'resize', width: 256, height: 256, fit: 'cover', position: 'attention' },
        { operation: 'roundCorners' },
      ],
      output: { format: 'webp', quality: 80 },
    }),
  ],
]);
