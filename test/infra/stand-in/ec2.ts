import type { AwsAnswer, OpenSupplement, PassOn } from './exchange.ts';
import { userOf } from './uses.ts';
import { inside, wrap } from './xml.ts';

/** moto 5.2.1 adds the tags of a launch template to those of its instances. */
const OWN_TAGS = /<item>\s*<resourceType>launch-template<\/resourceType>\s*<tagSet>[\s\S]*?<\/tagSet>\s*<\/item>/g;

/**
 * AWS does not delete a subnet with an interface of a load balancer, an auto scaling group or a task. It answers DependencyViolation, which
 * provider 5.100.0 retries for 20 minutes. Here it is a code that the provider does not retry.
 */
function refuseSubnet(id: string): AwsAnswer | undefined {
  const user = userOf(id);
  if (user === undefined) return undefined;
  const fault = wrap('Error', wrap('Code', 'OperationNotPermitted'), wrap('Message', `${id} is used by ${user}`));
  const headers = { 'content-type': 'text/xml' };
  return { status: 400, headers, body: wrap('Response', wrap('Errors', fault), wrap('RequestID', 'stand-in')) };
}

/** Provider 5.100.0 creates rules one at a time. moto 5.2.1 forgets the descriptions of rules for groups and prefix lists. */
export const openEc2: OpenSupplement = () => {
  const descriptions = new Map<string, string>();

  async function keep(form: URLSearchParams, passOn: PassOn): Promise<AwsAnswer> {
    const answer = await passOn();
    const description = [...form].find(([name]) => name.endsWith('.Description'))?.[1];
    const [rule] = inside(answer.body.toString(), 'securityGroupRuleId');
    if (rule && description) descriptions.set(rule, description);
    return answer;
  }

  const rewrite = async (passOn: PassOn, change: (xml: string) => string): Promise<AwsAnswer> => {
    const answer = await passOn();
    return { ...answer, body: change(answer.body.toString()) };
  };

  const describe = (xml: string): string =>
    xml.replace(/<securityGroupRuleId>(.*?)<\/securityGroupRuleId>/g, (element, rule) => {
      const description = descriptions.get(rule);
      return description ? `${element}${wrap('description', description)}` : element;
    });

  return ({ action, body }, passOn) => {
    switch (action) {
      case 'AuthorizeSecurityGroupIngress':
      case 'AuthorizeSecurityGroupEgress':
        return keep(new URLSearchParams(body.toString()), passOn);
      case 'DeleteSubnet':
        return refuseSubnet(new URLSearchParams(body.toString()).get('SubnetId') ?? '');
      case 'DescribeSecurityGroupRules':
        return rewrite(passOn, describe);
      case 'DescribeLaunchTemplateVersions':
        return rewrite(passOn, (xml) => xml.replace(OWN_TAGS, ''));
      default:
        return undefined;
    }
  };
};
