import type { AwsAnswer, PassOn } from './exchange.ts';
import { wrap } from './xml.ts';

const TERMINATING = 'autoscaling:EC2_INSTANCE_TERMINATING';

/**
 * moto 5.2.1 keeps lifecycle hooks but does not wait for them. Here a group with a termination hook, which ECS adds to every group that it
 * drains, keeps its instances in Terminating:Wait until CompleteLifecycleAction.
 */
export function createDraining() {
  const hooks = new Map<string, string>();
  const waiting = new Map<string, URLSearchParams>();

  /** Groups with their waiting instances shown as such. */
  const tell = (xml: string): string =>
    [...waiting.keys()].some((name) => xml.includes(wrap('AutoScalingGroupName', name)))
      ? xml.replaceAll('<LifecycleState>InService<', '<LifecycleState>Terminating:Wait<')
      : xml;

  const done = (action: string): AwsAnswer => ({
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body: wrap(`${action}Response`, wrap(`${action}Result`), wrap('ResponseMetadata', wrap('RequestId', 'stand-in'))),
  });

  function complete(form: URLSearchParams, name: string, passOn: PassOn): Promise<AwsAnswer> | AwsAnswer {
    const emptying = waiting.get(name);
    if (!emptying || form.get('LifecycleHookName') !== hooks.get(name)) return { ...done('Error'), status: 400 };
    waiting.delete(name);
    return passOn({ body: Buffer.from(emptying.toString()) }).then(() => done('CompleteLifecycleAction'));
  }

  function answer(action: string, form: URLSearchParams, passOn: PassOn): Promise<AwsAnswer> | AwsAnswer | undefined {
    const name = form.get('AutoScalingGroupName') ?? '';
    if (action === 'PutLifecycleHook' && form.get('LifecycleTransition') === TERMINATING)
      hooks.set(name, form.get('LifecycleHookName') ?? '');
    if (action === 'CompleteLifecycleAction') return complete(form, name, passOn);
    const empties = action === 'UpdateAutoScalingGroup' && form.get('DesiredCapacity') === '0' && hooks.has(name);
    if (!empties) return undefined;
    waiting.set(name, form);
    return done(action);
  }

  return { tell, answer };
}
