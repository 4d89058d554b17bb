import type { AwsAnswer, AwsRequest, OpenSupplement, PassOn } from './exchange.ts';

interface Statement {
  Effect: string;
  Condition?: object;
}

/** moto 5.2.1 ignores conditions: a statement that denies requests without TLS would deny all requests. */
function withoutConditionalDenials(policy: Buffer): Buffer {
  const { Statement, ...rest } = JSON.parse(policy.toString());
  const kept = [Statement].flat().filter(({ Effect, Condition }: Statement) => Effect !== 'Deny' || !Condition);
  return Buffer.from(JSON.stringify({ ...rest, Statement: kept }));
}

/**
 * Documents of a bucket that moto 5.2.1 does not return unchanged, with what moto gets instead. It leaves out parts of a lifecycle, for
 * which the provider waits three minutes.
 */
const DOCUMENTS: Record<string, (body: Buffer) => Buffer> = {
  lifecycle: (body) => body,
  policy: withoutConditionalDenials,
  // moto leaves out the filter and the delete markers of its rules.
  replication: (body) => body,
  // moto cannot delete the versions of a bucket with suspended versioning. Terraform suspends it before it empties a bucket.
  versioning: (body) => Buffer.from(body.toString().replace('Suspended', 'Enabled')),
};

export const openS3: OpenSupplement = () => {
  const kept = new Map<string, Buffer>();

  async function put(name: string, { body }: AwsRequest, passed: Promise<AwsAnswer>): Promise<AwsAnswer> {
    const answer = await passed;
    if (answer.status < 300) kept.set(name, body);
    return answer;
  }

  async function get(name: string, passOn: PassOn): Promise<AwsAnswer> {
    const answer = await passOn();
    const body = kept.get(name);
    return answer.status === 200 && body ? { ...answer, body } : answer;
  }

  return (request, passOn) => {
    const { method, path, query, body } = request;
    const [, bucket = '', ...key] = path.split('/');
    const document = Object.keys(DOCUMENTS).find((parameter) => query.has(parameter));
    if (!document || key.join('/')) return undefined;
    const name = `${bucket}?${document}`;
    if (method === 'GET') return get(name, passOn);
    return method === 'PUT' ? put(name, request, passOn({ body: DOCUMENTS[document]?.(body) ?? body })) : undefined;
  };
};
