import type { Pipeline } from '../../domain/commands.ts';
import { parsePipeline } from './commands.ts';

const upTo = (pixels: number): Pipeline =>
  parsePipeline({
    commands: [
      { operation: 'autoOrient' },
      { operation: 'resize', width: pixels, height: pixels, fit: 'inside', withoutEnlargement: true },
    ],
    output: { format: 'webp', quality: 80 },
  });

/** Pipelines with a name. A rendition asked for by a preset's name carries that name. */
export const PRESETS: ReadonlyMap<string, Pipeline> = new Map([
  /** A square for lists, cut from the middle. */
  [
    'thumb',
    parsePipeline({
      commands: [{ operation: 'autoOrient' }, { operation: 'resize', width: 200, height: 200, fit: 'cover' }],
      output: { format: 'webp', quality: 80 },
    }),
  ],
  /** Whole images that fit a box of so many pixels a side, never enlarged. */
  ['small', upTo(400)],
  ['medium', upTo(1000)],
  ['large', upTo(2000)],
  /** For link previews: the least that Facebook shows large on sharp screens (https://developers.facebook.com/docs/sharing/webmasters/images). */
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
  /** A round picture of a person, where something else shines through the corners. */
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
