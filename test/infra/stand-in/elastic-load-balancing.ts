import type { AwsAnswer, OpenSupplement, PassOn } from './exchange.ts';
import { forgetUser, keepUses } from './uses.ts';
import { inside, wrap } from './xml.ts';

const membersOf = (form: URLSearchParams, list: string): string[] =>
  [...form].filter(([name]) => name.startsWith(`${list}.member.`)).map(([, value]) => value);

const PROTECTED = /<Key>deletion_protection.enabled<\/Key>\s*<Value>true</;

function refuse(arn: string): AwsAnswer {
  const message = `Load balancer '${arn}' cannot be deleted because deletion protection is enabled`;
  const fault = wrap('Error', wrap('Code', 'OperationNotPermitted'), wrap('Message', message));
  return { status: 400, headers: { 'content-type': 'text/xml' }, body: wrap('ErrorResponse', fault) };
}

/** moto 5.2.1 keeps a load balancer's protection from being deleted, and deletes it. Which subnets it is in is noted here. */
export const openElasticLoadBalancing: OpenSupplement = () => {
  async function create(form: URLSearchParams, passOn: PassOn): Promise<AwsAnswer> {
    const answer = await passOn();
    const [arn] = inside(answer.body.toString(), 'LoadBalancerArn');
    if (arn) keepUses(arn, membersOf(form, 'Subnets'));
    return answer;
  }

  async function remove(arn: string, passOn: PassOn): Promise<AwsAnswer> {
    const question = new URLSearchParams({
      Action: 'DescribeLoadBalancerAttributes',
      Version: '2015-12-01',
      LoadBalancerArn: arn,
    });
    const { body } = await passOn({ body: Buffer.from(question.toString()) });
    if (PROTECTED.test(body.toString())) return refuse(arn);
    forgetUser(arn);
    return passOn();
  }

  return ({ action, body }, passOn) => {
    const form = new URLSearchParams(body.toString());
    const arn = form.get('LoadBalancerArn') ?? '';
    if (action === 'CreateLoadBalancer') return create(form, passOn);
    if (action === 'SetSubnets') keepUses(arn, membersOf(form, 'Subnets'));
    return action === 'DeleteLoadBalancer' ? remove(arn, passOn) : undefined;
  };
};
