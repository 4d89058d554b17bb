import type { Output, RenditionRequest } from './commands.ts';
import { DEFAULT_EFFORTS, isPalette } from './format-costs.ts';
import { OUTPUT_OPTIONS } from './output-options.ts';
import type { SettledRequest } from './rendition.ts';

/** Economy mode saves processor time, at the price of larger files and slower processing. */
export const ECONOMY_MODES = ['on', 'off'] as const;
export type EconomyModeValue = (typeof ECONOMY_MODES)[number];

/**
 * A rendition as economy mode makes it: with the lowest effort of its format, which takes a third to a twentieth of the time for AVIF, and half of
 * it for WebP (domain/format-costs.ts). The format stays, because a client that names one may be able to show no other. It is decided when the
 * rendition is asked for, because the effort is part of what the key of its object stands for.
 */
export function economised(request: RenditionRequest): SettledRequest {
  const { name, commands, output } = request;
  const effort = lowerEffort(output);
  return effort === undefined ? request : { name, commands, output: { ...output, effort }, askedOutput: output };
}

/** The lowest effort of a format, if it is lower than that of an output; undefined if nothing can be lowered. */
function lowerEffort(output: Output): number | undefined {
  const { format } = output;
  // An effort would give any other PNG a palette of 256 colours, which is another picture.
  if (format === 'auto' || (format === 'png' && !isPalette(output))) return undefined;
  const [lowest] = OUTPUT_OPTIONS[format].effort ?? [];
  const { effort = DEFAULT_EFFORTS[format]?.[0]?.[1] ?? 0 } = output;
  return lowest !== undefined && lowest < effort ? lowest : undefined;
}

/** What somebody asked for, whether or not economy mode has made less of it. */
export const askedFor = ({ name, commands, output, askedOutput = output }: SettledRequest): RenditionRequest => ({
  name,
  commands,
  output: askedOutput,
});

/** The most tasks of workers in economy mode: a quarter of the usual, but as many as always run, and at least one. */
export const tasksInEconomyMode = ({ minTasks, maxTasks }: { minTasks: number; maxTasks: number }): number =>
  Math.max(1, minTasks, Math.ceil(maxTasks / 4));
