import { limitsView } from '../../shared/contracts/api/limits-view.ts';
import type { Handler } from '../../shared/http/server.ts';
import { CACHE_ONE_MINUTE } from './cache-control.ts';
import { sendText } from './send-text.ts';

/** `GET /v1/limits` */
export function getLimits(settings: Parameters<typeof limitsView>[0]): Handler {
  const text = JSON.stringify(limitsView(settings));
  return (request, h) => sendText(request, h, { text, type: 'application/json', cacheControl: CACHE_ONE_MINUTE });
}
