import type { AwsAnswer, AwsRequest } from './exchange.ts';
import { inside, wrap } from './xml.ts';

/** Tags by ARN, which CreateDistribution and CreateVpcOrigin set, and which the tagging API changes. */
export function createTags() {
  const tagsOf = new Map<string, Map<string, string>>();
  const put = (arn: string, xml: string) => {
    const tags = tagsOf.get(arn) ?? new Map<string, string>();
    const values = inside(xml, 'Value');
    for (const [index, key] of inside(xml, 'Key').entries()) tags.set(key, values[index] ?? '');
    tagsOf.set(arn, tags);
  };
  const list = (arn: string): string => {
    const items = [...(tagsOf.get(arn) ?? [])].map(([key, value]) =>
      wrap('Tag', wrap('Key', key), wrap('Value', value)),
    );
    return wrap('Tags', wrap('Items', ...items));
  };
  const answer = ({ method, query, body }: AwsRequest): AwsAnswer => {
    const arn = query.get('Resource') ?? '';
    if (method === 'GET') return { status: 200, headers: { 'content-type': 'text/xml' }, body: list(arn) };
    if (query.get('Operation') === 'Tag') put(arn, body.toString());
    else for (const key of inside(body.toString(), 'Key')) tagsOf.get(arn)?.delete(key);
    return { status: 204, headers: {}, body: '' };
  };
  return { put, answer };
}
