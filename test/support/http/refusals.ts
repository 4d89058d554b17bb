import { renditionsSchema } from '../../../shared/contracts/api/rendition-request.ts';

/** Where a request for one rendition is refused, and what the user is told; paths are relative to the rendition. */
export function refusalsOf(pipeline: { commands?: unknown[]; output?: unknown }): { path: string; message: string }[] {
  const { error } = renditionsSchema.validate([{ name: 'a', ...pipeline }], {
    abortEarly: false,
    errors: { wrap: { label: false } },
  });
  return (error?.details ?? []).map(({ path: [, ...path], message }) => ({ path: path.join('.'), message }));
}
