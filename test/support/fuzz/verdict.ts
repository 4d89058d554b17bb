import { PROBLEM_MEDIA_TYPE } from '../../../shared/contracts/api/problem.ts';
import { ROUTES } from '../../../shared/contracts/api/routes.ts';
import { checkDocumented } from '../http/documented-answers.ts';
import type { FuzzAnswer } from './answers.ts';

export type OperationId = keyof typeof ROUTES;

/** Of what a client asks for, though by their number they are the server's: a method, a coding, a version of HTTP. */
const REFUSALS = new Set([501, 505]);

/** What is wrong with an answer to an operation; undefined if it is a documented one, and no failure of the service itself. */
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
