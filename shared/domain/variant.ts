import type { RenditionRequest } from './commands.ts';
import { IMAGE_FORMATS, type OutputFormat } from './formats/image-format.ts';

/** Formats in which a rendition of the format `auto` can also be had, for clients that say they take them; the smallest first. */
export const VARIANT_FORMATS = ['avif', 'webp'] as const satisfies readonly OutputFormat[];
export type VariantFormat = (typeof VARIANT_FORMATS)[number];

/** A variant is a rendition beside the one it belongs to; users' own names have no dot. */
export const variantName = (name: string, format: VariantFormat): string =>
  `${name}.${IMAGE_FORMATS[format].extension}`;

export const isVariant = ({ name }: Pick<RenditionRequest, 'name'>): boolean => name.includes('.');

/** What to ask the workers for: the same pipeline in a format of its own. */
export const variantOf = ({ name, commands, output }: RenditionRequest, format: VariantFormat): RenditionRequest => ({
  name: variantName(name, format),
  commands,
  output: { ...output, format },
});
