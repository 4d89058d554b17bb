import { limitsView } from '../../shared/contracts/limits-view.ts';
import type { Handler } from '../../shared/http/server.ts';
import { sendText } from './send-text.ts';

const text = JSON.stringify(limitsView);

/** `GET /v1/limits` */
export const getLimits: Handler = (request, h) =>
  sendText(request, h, { text, type: 'application/json', cacheControl: 'public, max-age=60' });
