import { resourcesOf, type Stack } from '../target-stack/synthesised-environment.ts';
import { type Check, missing, orWell } from './finding.ts';

/** Which platforms need a role, by the service that assumes it. */
const WANTED: Record<string, (platform: Stack) => boolean> = {
  'ecs.amazonaws.com': () => true,
  'elasticloadbalancing.amazonaws.com': (platform) => resourcesOf(platform, 'aws_lb').length > 0,
  'autoscaling.amazonaws.com': (platform) => resourcesOf(platform, 'aws_autoscaling_group').length > 0,
  'spot.amazonaws.com': (platform) =>
    resourcesOf(platform, 'aws_autoscaling_group').some(
      ({ mixed_instances_policy: policy }) =>
        (policy?.instances_distribution?.on_demand_percentage_above_base_capacity ?? 100) < 100,
    ),
  'ecs.application-autoscaling.amazonaws.com': (platform) =>
    resourcesOf(platform, 'aws_appautoscaling_target').length > 0,
  'vpcorigin.cloudfront.amazonaws.com': (platform) => resourcesOf(platform, 'aws_cloudfront_vpc_origin').length > 0,
};

/**
 * AWS creates most of these roles at first use, and the first use fails while a new role is not yet known everywhere
 * (https://github.com/hashicorp/terraform-provider-aws/issues/15452); only the console creates the role for spot instances
 * (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html).
 */
export const serviceLinkedRoles: Check = {
  id: 'service-linked roles',
  asksAws: true,
  async look({ aws, platform }) {
    const wanted = Object.keys(WANTED).filter((service) => WANTED[service]?.(platform));
    const { Roles } = await aws()('iam', 'list-roles', '--path-prefix', '/aws-service-role/');
    const there: string[] = Roles.map(({ Path }: { Path: string }) => Path.split('/')[2]);
    const wrong = wanted
      .filter((service) => !there.includes(service))
      .map((service) =>
        missing(
          `${service} has no role in the account.`,
          `aws iam create-service-linked-role --aws-service-name ${service}`,
        ),
      );
    return orWell(wrong, `The roles of ${wanted.length} services are there.`);
  },
};
