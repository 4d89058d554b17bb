import { readFileSync } from 'node:fs';
import { CloudfrontFunction } from '@cdktf/provider-aws/lib/cloudfront-function/index.js';
import type { Construct } from 'constructs';
import { PROBLEM_MEDIA_TYPE } from '../../shared/contracts/api/problem.ts';
import { DEFAULT_ANSWER } from '../../shared/contracts/listener-rules.ts';
import type { Names } from '../../shared/contracts/names.ts';

const RUNTIME = 'cloudfront-js-2.0';

export interface EdgeFunctions {
  acceptArn: string;
  notFoundArn: string;
}

/** These functions run at the edge for every request of their behaviours and cost $0.10 a million. */
export function createEdgeFunctions(scope: Construct, names: Names): EdgeFunctions {
  const accept = new CloudfrontFunction(scope, 'accept-function', {
    name: `${names.prefix}-accept`,
    comment: 'Turns what a client accepts into the ending of a rendition',
    runtime: RUNTIME,
    publish: true,
    code: verbatim(readFileSync(new URL('./accept.js', import.meta.url), 'utf8')),
  });
  const notFound = new CloudfrontFunction(scope, 'not-found-function', {
    name: `${names.prefix}-not-found`,
    comment: 'Answers for what is not the download service',
    runtime: RUNTIME,
    publish: true,
    code: verbatim(NOT_FOUND_CODE),
  });
  return { acceptArn: accept.arn, notFoundArn: notFound.arn };
}

/** The answer that the load balancer gives to paths it does not route, with the right media type. */
const NOT_FOUND = {
  statusCode: DEFAULT_ANSWER.status,
  statusDescription: 'Not Found',
  headers: {
    'content-type': { value: PROBLEM_MEDIA_TYPE },
    'cache-control': { value: 'public, max-age=5' },
    'access-control-allow-origin': { value: '*' },
    'x-content-type-options': { value: 'nosniff' },
  },
  body: { encoding: 'text', data: DEFAULT_ANSWER.body },
};

const NOT_FOUND_CODE = `function handler() {\n  return ${JSON.stringify(NOT_FOUND)};\n}\n`;

/** Escapes JavaScript's `${`, which Terraform would interpolate. */
const verbatim = (code: string): string => code.replace(/[$%](?=\{)/g, '$&$&');
