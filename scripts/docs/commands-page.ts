import { parsePipeline } from '../../shared/contracts/api/command-schemas.ts';
import { PRESETS } from '../../shared/contracts/api/presets.ts';
import { ERRORS, type ErrorCode } from '../../shared/domain/errors.ts';
import { planPasses } from '../../shared/domain/plan.ts';
import { WARNINGS } from '../../shared/domain/warnings.ts';
import { type Album, pictureOf } from './album.ts';
import { commandSections, jsonBlock } from './command-sections.ts';
import { block, code, image, layout, lines, table } from './markdown.ts';
import { defaultEfforts, encodingTable, namedEfforts, optionTable } from './output-tables.ts';
import { type CommandRequest, ORDERS, presetName } from './pictures.ts';

const orders = (album: Album): string =>
  layout(
    ['first gray, then the logo', 'first the logo, then gray'],
    [
      Object.values(ORDERS).map(jsonBlock),
      Object.entries(ORDERS).map(([name, list]) =>
        image(pictureOf(album, name), `the photograph after ${list.map(({ operation }) => operation).join(' and ')}`),
      ),
    ],
  );

const presets = (album: Album): string =>
  layout(
    ['name', 'stands for', 'picture'],
    [...PRESETS].map(([name, { commands, output }]) => {
      const shown = album.pictures[presetName(name)];
      const json = block('json', lines({ commands, output }));
      return [code(name), json, shown ? image(shown, `the photograph as ${name}`) : 'too large to be shown here'];
    }),
  );

const placeholder = (album: Album): string =>
  [
    block('json', lines({ placeholder: album.placeholder, dominantColor: album.dominantColor })),
    `${image(pictureOf(album, 'placeholder'), 'the placeholder: a blurred photograph')} ${image(pictureOf(album, 'before-scene'), 'the photograph')}`,
  ].join('\n\n');

const PLANNED: CommandRequest[] = [
  { operation: 'resize', width: 800 },
  { operation: 'sharpen', sigma: 1 },
  { operation: 'modulate', saturation: 1.2 },
  { operation: 'watermarkText', text: '© 2026 Ada' },
  { operation: 'roundCorners', radius: 24 },
];

/** The plan of an example. */
function passes(): string {
  const plan = planPasses(parsePipeline({ commands: PLANNED }), { hasAlpha: false });
  const steps = plan.map(({ commands, reason }) => {
    const names = commands.map(({ operation }) => code(operation)).join(', ');
    return `1. ${names}${reason ? `: a new pass, because ${reason}` : ''}`;
  });
  return [jsonBlock(PLANNED), 'is carried out, for a photograph, in these passes:', steps.join('\n')].join('\n\n');
}

/** How a rendition can fail that was asked for in good order. */
const FAILURES: ErrorCode[] = [
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

const meanings = (titles: [name: string, title: string][]): string =>
  table(
    ['code', 'meaning'],
    titles.map(([name, title]) => [code(name), `${title}.`]),
  );

/** The parts of docs/commands.md that are not kept by hand, by their names. */
export const sectionsOf = (album: Album): Record<string, string> => ({
  orders: orders(album),
  commands: commandSections(album),
  'output-options': optionTable(),
  encodings: encodingTable(album),
  efforts: namedEfforts(),
  'default-efforts': defaultEfforts(),
  presets: presets(album),
  placeholder: placeholder(album),
  passes: passes(),
  failures: meanings(FAILURES.map((name) => [name, ERRORS[name].title])),
  warnings: meanings(Object.entries(WARNINGS)),
});
