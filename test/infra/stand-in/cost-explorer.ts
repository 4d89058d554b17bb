import { randomUUID } from 'node:crypto';
import { createArnTags } from './arn-tags.ts';
import { type AwsAnswer, json, jsonError, jsonOf, type OpenSupplement } from './exchange.ts';

interface Kind {
  one: string;
  many: string;
  arn: string;
  arnList: string;
  missing: string;
}

/** The two kinds of resources of cost anomaly detection, with the names of their fields. */
const KINDS: Kind[] = [
  {
    one: 'AnomalyMonitor',
    many: 'AnomalyMonitors',
    arn: 'MonitorArn',
    arnList: 'MonitorArnList',
    missing: 'UnknownMonitorException',
  },
  {
    one: 'AnomalySubscription',
    many: 'AnomalySubscriptions',
    arn: 'SubscriptionArn',
    arnList: 'SubscriptionArnList',
    missing: 'UnknownSubscriptionException',
  },
];

/** Tags that the cost report knows. At AWS a tag can be activated a day after the first resource has it. */
function createAllocationTags() {
  const active = new Set<string>();
  return (action: string, body: ReturnType<typeof jsonOf>): AwsAnswer | undefined => {
    if (action === 'UpdateCostAllocationTagsStatus') {
      for (const { TagKey, Status } of body.CostAllocationTagsStatus)
        if (Status === 'Active') active.add(TagKey);
        else active.delete(TagKey);
      return json({ Errors: [] });
    }
    if (action !== 'ListCostAllocationTags') return undefined;
    const keys = [...active].filter((key) => body.TagKeys?.includes(key) ?? true);
    return json({ CostAllocationTags: keys.map((TagKey) => ({ TagKey, Type: 'UserDefined', Status: 'Active' })) });
  };
}

/** moto 5.2.1 has cost categories, but no anomaly detection and no cost allocation tags. */
export const openCostExplorer: OpenSupplement = (accountId) => {
  const tags = createArnTags('ResourceArn', 'ResourceTags', 'ResourceTagKeys');
  const kept = new Map<string, Record<string, unknown>>();
  const allocationTags = createAllocationTags();

  function create({ one, arn: field }: Kind, body: ReturnType<typeof jsonOf>): AwsAnswer {
    const arn = `arn:aws:ce::${accountId}:${one.toLowerCase()}/${randomUUID()}`;
    kept.set(arn, { ...body[one], [field]: arn, AccountId: accountId });
    tags.put(arn, body.ResourceTags ?? []);
    return json({ [field]: arn });
  }

  function get({ one, many, arnList }: Kind, body: ReturnType<typeof jsonOf>): AwsAnswer {
    const arns = body[arnList] ?? [...kept.keys()].filter((arn) => arn.includes(`:${one.toLowerCase()}/`));
    return json({ [many]: arns.flatMap((arn: string) => kept.get(arn) ?? []) });
  }

  function change({ arn: field, missing }: Kind, action: string, body: ReturnType<typeof jsonOf>): AwsAnswer {
    const { [field]: arn = '', ...changes } = body;
    const found = kept.get(arn);
    if (!found) return jsonError(missing, arn);
    if (action.startsWith('Delete')) kept.delete(arn);
    else Object.assign(found, changes);
    return json({ [field]: arn });
  }

  return ({ action, ...request }) => {
    const body = jsonOf(request);
    if (tags.has(body.ResourceArn)) return tags.answer(action, body);
    const kind = KINDS.find(({ one, many }) => action.endsWith(one) || action.endsWith(many));
    if (!kind) return allocationTags(action, body);
    if (action.startsWith('Create')) return create(kind, body);
    return action.startsWith('Get') ? get(kind, body) : change(kind, action, body);
  };
};
