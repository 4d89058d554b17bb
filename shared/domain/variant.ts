import type { RenditionRequest } from './commands.ts';
import { IMAGE_FORMATS, type OutputFormat } from './formats/image-format.ts';

/** Additional formats of renditions with the format `auto`, for clients that accept them; the smallest first. */
export const VARIANT_FORMATS = ['avif', 'webp'] as const satisfies readonly OutputFormat[];
export type VariantFormat = (typeof VARIANT_FORMATS)[number];

/** The name of a variant, which is a rendition of its own beside the one that it belongs to. Names that users choose have no dot. */
const variantName = (name: string, format: VariantFormat): string => `${name}.${IMAGE_FORMATS[format].extension}`;

export const isVariant = ({ name }: Pick<RenditionRequest, 'name'>): boolean => name.includes('.');

/** The request for a variant: the same pipeline with another format. */
export const variantOf = ({ name, commands, output }: RenditionRequest, format: VariantFormat): RenditionRequest => ({
  name: variantName(name, format),
  commands,
  output: { ...output, format },
});
