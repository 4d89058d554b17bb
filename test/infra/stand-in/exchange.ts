import type { IncomingHttpHeaders } from 'node:http';

/** A request to AWS whose service is known from its signature, whole. */
export interface AwsRequest {
  /** As signatures name it: `cloudfront`, `ecs`, `application-autoscaling`, … */
  service: string;
  region: string;
  method: string;
  path: string;
  query: URLSearchParams;
  /** Of the JSON and Query protocols; REST has none. */
  action: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface AwsAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer | string;
}

/** Has the emulator answer, with what is changed about the request. */
export type PassOn = (changed?: Partial<Pick<AwsRequest, 'headers' | 'body'>>) => Promise<AwsAnswer>;

/** Answers what the emulator lacks of one service; undefined for what it can do itself. */
export type Supplement = (request: AwsRequest, passOn: PassOn) => Promise<AwsAnswer> | AwsAnswer | undefined;

/** Of an account; each start has its own state. */
export type OpenSupplement = (accountId: string) => Supplement;

/** The JSON protocol of AWS, which names an error in its body. */
export const json = (value: object, status = 200): AwsAnswer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify(value),
});

export const jsonError = (code: string, message: string): AwsAnswer => json({ __type: code, message }, 400);

export const jsonOf = ({ body }: { body: Buffer | string }) => JSON.parse(body.toString() || '{}');
