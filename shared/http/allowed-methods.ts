import type { Lifecycle, ResponseObject, ResponseToolkit, Server } from '@hapi/hapi';
import { ImageServiceError } from '../domain/errors.ts';
import { addHeaders } from './finish-response.ts';
import { UNREAD_PAYLOAD } from './route-options.ts';

/** Answers OPTIONS of a path with its methods, and all other methods with 405. */
export function bindOtherMethods(
  server: Server,
  { path, allow: methods, anyOrigin = false }: { path: string; allow: string[]; anyOrigin?: boolean },
  optionsHeaders: Record<string, string> = {},
): void {
  const allow = [...methods, 'OPTIONS'];
  const handler: Lifecycle.Method = (request, h) => {
    const method = request.method.toUpperCase();
    if (method === 'OPTIONS') return answerOptions(h, allow, optionsHeaders);
    throw new ImageServiceError('method_not_allowed', `${path} takes ${allow.join(', ')}, not ${method}.`, { allow });
  };
  server.route({ method: '*', path, handler, options: { app: { anyOrigin }, payload: UNREAD_PAYLOAD } });
}

/** Answers with the allowed methods. `corsHeadersFor` adds the headers of a preflight. */
export function answerOptions(
  h: ResponseToolkit,
  allow: string[],
  headers: Record<string, string> = {},
): ResponseObject {
  return addHeaders(h.response().code(204), { ...headers, allow: allow.join(', ') });
}
