import { APP, namesOf } from '../../shared/contracts/names.ts';
import {
  resourcesOf,
  type Stack,
  type SynthesisedEnvironment,
  type Values,
} from '../target-stack/synthesised-environment.ts';
import { fargateVcpus, instanceVcpus } from './vcpus.ts';

export interface Quota {
  name: string;
  /** The service code in Service Quotas. */
  service: string;
  code: string;
  /** How much of the quota a platform needs. */
  need(checked: SynthesisedEnvironment, platform: Stack): number | Promise<number>;
  /** The environment of each existing resource that counts, or undefined for resources of others. Absent where AWS has no simple count. */
  used?(checked: SynthesisedEnvironment): Promise<(string | undefined)[]>;
}

const environmentIn = (tags: { Key: string; Value: string }[] = []): string | undefined => {
  const value = (key: string) => tags.find(({ Key }) => Key === key)?.Value;
  return value('Project') === APP ? value('Environment') : undefined;
};

const ofTags = (found: Values[]) => found.map(({ Tags }) => environmentIn(Tags));

const count = (type: string) => (_site: SynthesisedEnvironment, platform: Stack) => resourcesOf(platform, type).length;

/**
 * Quotas of which a new account has little and an environment needs some. Codes: `aws service-quotas list-service-quotas --service-code
 * ec2`; initial values: https://docs.aws.amazon.com/general/latest/gr/ec2-service.html and the pages beside it. New accounts have fewer
 * vCPUs than these pages say.
 */
export const QUOTAS: Quota[] = [
  {
    name: 'Elastic IP addresses',
    service: 'ec2',
    code: 'L-0263D0A3',
    need: count('aws_eip'),
    used: async ({ aws }) => ofTags((await aws()('ec2', 'describe-addresses')).Addresses),
  },
  {
    name: 'VPCs',
    service: 'vpc',
    code: 'L-F678F1CE',
    need: count('aws_vpc'),
    used: async ({ aws }) => ofTags((await aws()('ec2', 'describe-vpcs')).Vpcs),
  },
  {
    name: 'application load balancers',
    service: 'elasticloadbalancing',
    code: 'L-53DA6B97',
    need: count('aws_lb'),
    used: async (checked) => {
      const { LoadBalancers } = await checked.aws()('elbv2', 'describe-load-balancers');
      const isOf = (environment: string, name: string): boolean => {
        const { loadBalancer, internalLoadBalancer } = namesOf({ ...checked, environment });
        return [loadBalancer, internalLoadBalancer].includes(name);
      };
      return LoadBalancers.filter(({ Type }: Values) => Type === 'application').map(
        ({ LoadBalancerName: name }: Values) =>
          Object.keys(checked.platforms).find((environment) => isOf(environment, name)),
      );
    },
  },
  {
    name: 'vCPUs of instances on demand',
    service: 'ec2',
    code: 'L-1216C47A',
    need: (checked, platform) => instanceVcpus(checked, platform, 'on demand'),
  },
  {
    name: 'vCPUs of spot instances',
    service: 'ec2',
    code: 'L-34B43A08',
    need: (checked, platform) => instanceVcpus(checked, platform, 'spot'),
  },
  {
    name: 'vCPUs on Fargate',
    service: 'fargate',
    code: 'L-3032A538',
    need: (_site, platform) => fargateVcpus(platform),
  },
];
