import type { IncomingHttpHeaders } from 'node:http';
import type { StartTask } from './ecs-deployments.ts';

/** A whole request to AWS, with the service from its signature. */
export interface AwsRequest {
  /** The name in signatures: `cloudfront`, `ecs`, `application-autoscaling`, … */
  service: string;
  region: string;
  method: string;
  path: string;
  query: URLSearchParams;
  /** The action in the JSON and Query protocols; REST has none. */
  action: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface AwsAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer | string;
}

/** Lets the emulator answer, with changes to the request. */
export type PassOn = (changed?: Partial<Pick<AwsRequest, 'headers' | 'body'>>) => Promise<AwsAnswer>;

/** Answers requests of one service that the emulator lacks. Returns undefined for requests that the emulator can answer. */
type Supplement = (request: AwsRequest, passOn: PassOn) => Promise<AwsAnswer> | AwsAnswer | undefined;

/** What acts on behalf of an AWS in which something runs. Without it, nothing does. */
export interface Outside {
  /** Runs the tasks of ECS services. Without it, deployments are completed at once. */
  startTask?: StartTask;
  /** Gets the paths of each invalidation; one that ends with `*` stands for all that begin with the rest. */
  invalidate?: (distributionId: string, paths: string[]) => void;
}

/** Opens a supplement for an account, with its own state. */
export type OpenSupplement = (accountId: string, outside: Outside) => Supplement;

/** An error in AWS's JSON protocol, which names it in the body. */
export const json = (value: object, status = 200): AwsAnswer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify(value),
});

export const jsonError = (code: string, message: string): AwsAnswer => json({ __type: code, message }, 400);

export const jsonOf = ({ body }: { body: Buffer | string }) => JSON.parse(body.toString() || '{}');
