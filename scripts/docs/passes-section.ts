import { parsePipeline } from '../../shared/contracts/api/commands.ts';
import { planPasses } from '../../shared/domain/plan.ts';
import { shownJson } from './command-sections.ts';
import { code } from './markdown.ts';
import type { Asked } from './pictures.ts';

const COMMANDS: Asked[] = [
  { operation: 'resize', width: 800 },
  { operation: 'sharpen', sigma: 1 },
  { operation: 'modulate', saturation: 1.2 },
  { operation: 'watermarkText', text: '© 2026 Ada' },
  { operation: 'roundCorners', radius: 24 },
];

function plan(): string {
  const passes = planPasses(parsePipeline({ commands: COMMANDS }), { hasAlpha: false });
  const lines = passes.map(({ commands, reason }) => {
    const names = commands.map(({ operation }) => code(operation)).join(', ');
    return `1. ${names}${reason ? `: a new pass, because ${reason}` : ''}`;
  });
  return lines.join('\n');
}

/** How a list is carried out, with the plan of an example. */
export const passesSection = (): string =>
  [
    '## How a list is carried out',
    `The result is always that of one command after the other, each on the whole result of the one before. libvips, which does the work, carries
out what it is told at once in an order of its own. So the worker parts the list into passes: neighbours share a pass where that order is
the one of the list and the result is the same; a new pass begins from the pixels of the one before, uncompressed. Fewer passes take less
time and memory, and nothing else. This list`,
    shownJson(COMMANDS),
    'is carried out, for a photograph, in these passes:',
    plan(),
    `\`npm run explain\` tells the passes of any list. Two things make renditions quicker: a \`resize\` at the start, for JPEG, WebP and SVG are
then decoded at a smaller size already; and asking for several sizes in one request, for those that begin with a \`resize\` to at most half
the largest share its decode.`,
  ].join('\n\n');
