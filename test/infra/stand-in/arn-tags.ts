import { type AwsAnswer, json } from './exchange.ts';

interface Tag {
  Key: string;
  Value: string;
}

/** Tags of resources by their ARN, in the JSON protocol. The services differ only in the names of the fields. */
export function createArnTags(arnField: string, tagsField: string, keysField: string) {
  const tagsOf = new Map<string, Map<string, string>>();
  const put = (arn: string, tags: Tag[]) => {
    const own = tagsOf.get(arn) ?? new Map<string, string>();
    for (const { Key, Value } of tags) own.set(Key, Value);
    tagsOf.set(arn, own);
  };
  const list = (arn: string): Tag[] => [...(tagsOf.get(arn) ?? [])].map(([Key, Value]) => ({ Key, Value }));
  const answer = (action: string, body: Record<string, never>): AwsAnswer | undefined => {
    const arn = String(body[arnField]);
    if (action === 'ListTagsForResource') return json({ [tagsField]: list(arn) });
    if (action === 'TagResource') put(arn, body[tagsField] ?? []);
    else if (action === 'UntagResource') for (const key of body[keysField] ?? []) tagsOf.get(arn)?.delete(key);
    else return undefined;
    return json({});
  };
  return { put, answer, has: (arn: string) => tagsOf.has(arn) };
}
