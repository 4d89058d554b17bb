import { PROBLEM_MEDIA_TYPE } from '../../../shared/contracts/api/problem.ts';
import { ROUTES } from '../../../shared/contracts/api/routes.ts';
import { checkDocumented } from '../http/documented-answers.ts';
import type { FuzzAnswer } from './answers.ts';

export type OperationId = keyof typeof ROUTES;

/** Statuses above 500 that are the client's fault: an unknown method, coding or version of HTTP. */
const REFUSALS = new Set([501, 505]);

/** The fault of an answer to an operation; undefined if the answer is documented and not a failure of the service. */
export function faultOf(operation: OperationId, answer: FuzzAnswer): string | undefined {
  const { method, path } = ROUTES[operation];
  const { status, headers, body } = answer;
  const shown = `${status} ${body.toString('utf8', 0, 500)}`;
  if (status >= 500 && !REFUSALS.has(status)) return `this is a failure of its own: ${shown}`;
  if (!headers['x-request-id']) return `this has no request id: ${shown}`;
  if (status >= 400 && !headers['content-type']?.startsWith(PROBLEM_MEDIA_TYPE)) return `this is no problem: ${shown}`;
  try {
    checkDocumented({ ...answer, method, path: path.replaceAll(/\{\w+\}/g, 'x') });
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}
