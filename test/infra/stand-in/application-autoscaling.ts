import { type AwsAnswer, json, jsonOf, type OpenSupplement, type PassOn } from './exchange.ts';

const targetOf = (fields: Record<string, string>) =>
  [fields.ServiceNamespace, fields.ResourceId, fields.ScalableDimension].join('|');

/** moto 5.2.1 keeps scalable targets but not their tags, which RegisterScalableTarget sets. */
export const openApplicationAutoscaling: OpenSupplement = () => {
  const given = new Map<string, Record<string, string>>();
  const tagsByArn = new Map<string, Record<string, string>>();

  /** moto generates a target's ARN, so it is known only when the target is described. */
  async function learnArns(passOn: PassOn): Promise<AwsAnswer> {
    const answer = await passOn();
    for (const target of jsonOf(answer).ScalableTargets ?? []) {
      const tags = given.get(targetOf(target));
      if (tags) tagsByArn.set(target.ScalableTargetARN, tags);
    }
    return answer;
  }

  return (request, passOn) => {
    const body = jsonOf(request);
    const tags = tagsByArn.get(body.ResourceARN) ?? {};
    switch (request.action) {
      case 'RegisterScalableTarget':
        given.set(targetOf(body), { ...given.get(targetOf(body)), ...body.Tags });
        return undefined;
      case 'DescribeScalableTargets':
        return learnArns(passOn);
      case 'ListTagsForResource':
        return json({ Tags: tags });
      case 'TagResource':
        Object.assign(tags, body.Tags);
        return json({});
      case 'UntagResource':
        for (const key of body.TagKeys ?? []) delete tags[key];
        return json({});
      default:
        return undefined;
    }
  };
};
