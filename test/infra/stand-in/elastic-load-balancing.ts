import type { AwsAnswer, OpenSupplement, PassOn } from './exchange.ts';
import { forgetUser, keepUses } from './uses.ts';
import { cut, inside, wrap } from './xml.ts';

const membersOf = (form: URLSearchParams, list: string): string[] =>
  [...form].filter(([name]) => name.startsWith(`${list}.member.`)).map(([, value]) => value);

const PROTECTED = /<Key>deletion_protection.enabled<\/Key>\s*<Value>true</;

function refuse(code: string, message: string): AwsAnswer {
  const fault = wrap('Error', wrap('Code', code), wrap('Message', message));
  return { status: 400, headers: { 'content-type': 'text/xml' }, body: wrap('ErrorResponse', fault) };
}

/** Sends moto another request than the original one. */
async function askFor(passOn: PassOn, asked: Record<string, string>): Promise<string> {
  const { body } = await passOn({
    body: Buffer.from(new URLSearchParams({ Version: '2015-12-01', ...asked }).toString()),
  });
  return body.toString();
}

/** Splits an answer into one piece for each listener, which begins with its ARN. */
const piecesOf = (xml: string): string[] => xml.split(/(?=<ListenerArn>)/);

/**
 * moto 5.2.1 keeps certificate and policy of a listener that changes from HTTPS to HTTP. AWS removes them, as the reference of
 * ModifyListener says.
 */
const withoutLeftOvers = (xml: string): string =>
  piecesOf(xml)
    .map((piece) =>
      piece.includes('<Protocol>HTTP</Protocol>')
        ? piece.replace(cut(piece, 'Certificates'), '').replace(cut(piece, 'SslPolicy'), '')
        : piece,
    )
    .join('');

/** The ports of a load balancer's listeners except one. */
async function portsOf(passOn: PassOn, arn: string, besides: string): Promise<string[]> {
  const xml = await askFor(passOn, { Action: 'DescribeListeners', LoadBalancerArn: arn });
  const [, ...listeners] = piecesOf(xml);
  const others = listeners.filter((listener) => !listener.includes(`<ListenerArn>${besides}<`));
  return others.flatMap((listener) => inside(listener, 'Port').slice(0, 1));
}

/**
 * moto 5.2.1 deletes a load balancer despite its deletion protection, and allows two listeners on one port. The subnets of load balancers
 * are recorded here.
 */
export const openElasticLoadBalancing: OpenSupplement = () => {
  async function create(form: URLSearchParams, passOn: PassOn): Promise<AwsAnswer> {
    const answer = await passOn();
    const [arn] = inside(answer.body.toString(), 'LoadBalancerArn');
    if (arn) keepUses(arn, membersOf(form, 'Subnets'));
    return answer;
  }

  async function remove(arn: string, passOn: PassOn): Promise<AwsAnswer> {
    const attributes = await askFor(passOn, { Action: 'DescribeLoadBalancerAttributes', LoadBalancerArn: arn });
    if (PROTECTED.test(attributes)) {
      const message = `Load balancer '${arn}' cannot be deleted because deletion protection is enabled`;
      return refuse('OperationNotPermitted', message);
    }
    forgetUser(arn);
    return passOn();
  }

  async function listen(form: URLSearchParams, passOn: PassOn): Promise<AwsAnswer> {
    const own = form.get('ListenerArn') ?? 'none';
    // A listener's ARN is `…:listener/app/NAME/ID/LISTENER`, that of its load balancer `…:loadbalancer/app/NAME/ID`.
    const ofListener = own.replace(':listener/', ':loadbalancer/').replace(/\/[^/]+$/, '');
    const taken = await portsOf(passOn, form.get('LoadBalancerArn') ?? ofListener, own);
    const port = form.get('Port');
    return port !== null && taken.includes(port)
      ? refuse('DuplicateListener', 'A listener already exists on this port')
      : passOn();
  }

  async function describe(passOn: PassOn): Promise<AwsAnswer> {
    const answer = await passOn();
    return { ...answer, body: withoutLeftOvers(answer.body.toString()) };
  }

  return ({ action, body }, passOn) => {
    const form = new URLSearchParams(body.toString());
    const arn = form.get('LoadBalancerArn') ?? '';
    if (action === 'CreateLoadBalancer') return create(form, passOn);
    if (action === 'DescribeListeners') return describe(passOn);
    if (action === 'CreateListener' || action === 'ModifyListener') return listen(form, passOn);
    if (action === 'SetSubnets') keepUses(arn, membersOf(form, 'Subnets'));
    return action === 'DeleteLoadBalancer' ? remove(arn, passOn) : undefined;
  };
};
