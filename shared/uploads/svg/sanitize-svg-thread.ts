import { type ErrorFacts, ImageServiceError } from '../../domain/errors.ts';
import { purifySvg } from './purify-svg.ts';
import { parseSvg, writeSvg } from './xml-document.ts';

/** What a thread answers: errors as plain data, because they lose all but their message between threads. */
export type SanitizingAnswer =
  | { svg: Uint8Array; removed: string[] }
  | { refusal: { code: ImageServiceError['code']; detail: string; facts: ErrorFacts } };

/** Runs in a worker thread. Asked for no SVG, it shows that the thread has loaded its packages. */
export default function sanitize(svg: Uint8Array | undefined): SanitizingAnswer {
  if (!svg) return { svg: new Uint8Array(), removed: [] };
  try {
    const removed = new Set<string>();
    const root = parseSvg(Buffer.from(svg.buffer, svg.byteOffset, svg.length), removed);
    const words = removed.union(purifySvg(root));
    return { svg: writeSvg(root), removed: [...words].sort() };
  } catch (error) {
    const { code, message: detail, facts } = refusalOf(error);
    return { refusal: { code, detail, facts } };
  }
}

/** An error of a library is that of the drawing: it was given nothing else. */
function refusalOf(error: unknown): ImageServiceError {
  if (error instanceof ImageServiceError) return error;
  const reason = error instanceof RangeError ? 'its elements are nested too deeply' : String(error);
  return new ImageServiceError('image_unreadable', `The SVG cannot be sanitised: ${reason}. Simplify the drawing.`);
}
