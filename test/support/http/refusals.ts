import { renditionsSchema } from '../../../shared/contracts/api/rendition-request.ts';

/** Refusals of requests for one rendition, with their messages. Paths are relative to the rendition. */
export function refusalsOf(pipeline: { commands?: unknown[]; output?: unknown }): { path: string; message: string }[] {
  const { error } = renditionsSchema.validate([{ name: 'a', ...pipeline }], {
    abortEarly: false,
    errors: { wrap: { label: false } },
  });
  return (error?.details ?? []).map(({ path: [, ...path], message }) => ({ path: path.join('.'), message }));
}
