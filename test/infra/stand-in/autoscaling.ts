import { createDraining } from './autoscaling-draining.ts';
import type { AwsAnswer, OpenSupplement, PassOn } from './exchange.ts';
import { forgetUser, keepUses } from './uses.ts';
import { wrap } from './xml.ts';

/** Properties of an auto scaling group that moto 5.2.1 accepts but does not return. */
const FORGOTTEN = ['MaxInstanceLifetime', 'DefaultInstanceWarmup'];

export const openAutoscaling: OpenSupplement = () => {
  const kept = new Map<string, Record<string, string>>();
  const draining = createDraining();

  async function tell(passOn: PassOn): Promise<AwsAnswer> {
    const answer = await passOn();
    const body = draining
      .tell(answer.body.toString())
      .replace(/<AutoScalingGroupName>(.*?)<\/AutoScalingGroupName>/g, (element, name) =>
        element.concat(...Object.entries(kept.get(name) ?? {}).map(([field, value]) => wrap(field, value))),
      );
    return { ...answer, body };
  }

  return (request, passOn) => {
    if (request.action === 'DescribeAutoScalingGroups') return tell(passOn);
    const form = new URLSearchParams(request.body.toString());
    if (/^(Create|Update)AutoScalingGroup$/.test(request.action)) {
      const name = form.get('AutoScalingGroupName') ?? '';
      const given = FORGOTTEN.flatMap((field) => (form.has(field) ? [[field, form.get(field) ?? '']] : []));
      kept.set(name, { ...kept.get(name), ...Object.fromEntries(given) });
      const subnets = form.get('VPCZoneIdentifier');
      if (subnets) keepUses(name, subnets.split(','));
    }
    if (request.action === 'DeleteAutoScalingGroup') forgetUser(form.get('AutoScalingGroupName') ?? '');
    return draining.answer(request.action, form, passOn);
  };
};
