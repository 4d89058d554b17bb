import { randomUUID } from 'node:crypto';
import type { AwsAnswer, AwsRequest } from './exchange.ts';
import { cut, inside, wrap } from './xml.ts';

interface Version {
  config: string;
  code: Buffer;
  eTag: string;
}

/** A function is written in the stage DEVELOPMENT and copied to LIVE by PublishFunction. */
interface EdgeFunction {
  DEVELOPMENT: Version;
  LIVE?: Version;
}

const versionOf = (xml: string): Version => ({
  config: cut(xml, 'FunctionConfig'),
  code: Buffer.from(inside(xml, 'FunctionCode')[0] ?? '', 'base64'),
  eTag: randomUUID(),
});

interface Surroundings {
  refuse: (code: string, status?: number) => AwsAnswer;
  /** Whether a distribution uses the function. */
  isUsed: (arn: string) => boolean;
}

/** CreateFunction, DescribeFunction, GetFunction, UpdateFunction, PublishFunction and DeleteFunction. */
export function createFunctions(accountId: string, { refuse, isUsed }: Surroundings) {
  const functions = new Map<string, EdgeFunction>();

  const arnOf = (name: string) => `arn:aws:cloudfront::${accountId}:function/${name}`;

  const summary = (name: string, stage: keyof EdgeFunction, { config, eTag }: Version, status = 200): AwsAnswer => ({
    status,
    headers: { etag: eTag, 'content-type': 'text/xml' },
    body: wrap(
      'FunctionSummary',
      wrap('Name', name),
      wrap('Status', stage === 'LIVE' ? 'DEPLOYED' : 'UNPUBLISHED'),
      config,
      wrap(
        'FunctionMetadata',
        wrap('FunctionARN', arnOf(name)),
        wrap('Stage', stage),
        wrap('LastModifiedTime', new Date().toISOString()),
      ),
    ),
  });

  function create(xml: string): AwsAnswer {
    const name = inside(xml, 'Name')[0] ?? '';
    if (functions.has(name)) return refuse('FunctionAlreadyExists', 409);
    const DEVELOPMENT = versionOf(xml);
    functions.set(name, { DEVELOPMENT });
    return summary(name, 'DEVELOPMENT', DEVELOPMENT, 201);
  }

  function read(name: string, found: EdgeFunction, { query, path }: AwsRequest): AwsAnswer {
    const stage = query.get('Stage') === 'LIVE' ? 'LIVE' : 'DEVELOPMENT';
    const version = found[stage];
    if (!version) return refuse('NoSuchFunctionExists', 404);
    if (path.endsWith('/describe')) return summary(name, stage, version);
    return { status: 200, headers: { etag: version.eTag }, body: version.code };
  }

  return (request: AwsRequest, name: string | undefined): AwsAnswer => {
    const { method, body, headers } = request;
    if (!name) return create(body.toString());
    const found = functions.get(name);
    if (!found) return refuse('NoSuchFunctionExists', 404);
    if (method === 'GET') return read(name, found, request);
    if (headers['if-match'] !== found.DEVELOPMENT.eTag) return refuse('InvalidIfMatchVersion');
    if (method === 'DELETE') {
      if (isUsed(arnOf(name))) return refuse('FunctionInUse', 409);
      functions.delete(name);
      return { status: 204, headers: {}, body: '' };
    }
    if (method === 'PUT') found.DEVELOPMENT = versionOf(body.toString());
    else found.LIVE = { ...found.DEVELOPMENT };
    return summary(name, 'DEVELOPMENT', found.DEVELOPMENT);
  };
}
