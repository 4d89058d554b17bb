import { limitsView } from '../../shared/contracts/limits-view.ts';
import type { Handler } from '../../shared/http/server.ts';

/** `GET /v1/limits` */
export const getLimits: Handler = (_request, h) => h.response(limitsView).header('cache-control', 'public, max-age=60');
