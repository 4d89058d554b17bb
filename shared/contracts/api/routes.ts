import type { ServiceName } from '../services.ts';
import { ASYNC_UPLOAD_ROUTES } from './async-upload-routes.ts';
import { DOWNLOAD_ROUTES } from './download-routes.ts';
import { PAGE_ROUTES } from './page-routes.ts';
import type { Route } from './route.ts';
import { SYNC_UPLOAD_ROUTES } from './sync-upload-routes.ts';

/**
 * Every route of the API; what several routes share is in request-parameters.ts, responses.ts and route-problems.ts. The services bind their handlers to this table; the load balancer's rules, the local gateway and the
 * OpenAPI document are generated from it.
 */
export const ROUTES = {
  ...SYNC_UPLOAD_ROUTES,
  ...ASYNC_UPLOAD_ROUTES,
  ...DOWNLOAD_ROUTES,
  ...PAGE_ROUTES,
} as const satisfies Record<string, Route>;

export type OperationId = keyof typeof ROUTES;

/** The operations of one service. */
export type OperationOf<S extends ServiceName> = {
  [O in OperationId]: (typeof ROUTES)[O]['service'] extends S ? O : never;
}[OperationId];

/** The route table as a list, with the operationId of each route. */
export const routeList: (Route & { operationId: OperationId })[] = Object.entries(ROUTES).map(
  ([operationId, route]) => ({
    ...(route as Route),
    operationId: operationId as OperationId,
  }),
);

/** Whether a route takes an upload token as `?uploadToken=` too: forms cannot send headers, and only they need it. */
export const takesTokenInQuery = ({ uploadTokens, body }: Route): boolean =>
  uploadTokens === true && body?.kind === 'image';

/** All methods that any path takes. */
export const ALL_METHODS = [
  ...new Set(['GET', 'HEAD', ...routeList.map(({ method }) => method)]),
  'OPTIONS',
] as const satisfies string[];

/** The methods of a path as written in the table; GET includes HEAD. */
export const methodsAt = (path: string): string[] =>
  routeList
    .filter((route) => route.path === path)
    .flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
