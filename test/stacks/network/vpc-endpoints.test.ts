import { expect } from 'chai';
import { arnsOf } from '../../../shared/contracts/names.ts';
import { ENDPOINTS_WITHOUT_POLICY } from '../../../stacks/network/endpoint-policies.ts';
import { WORKER_ENDPOINTS } from '../../../stacks/network/vpc-endpoints.ts';
import { all, DEPLOYMENT, entrance, type Synthesised } from '../../support/stacks/entrance.ts';
import { allows } from '../../support/stacks/policies.ts';

/** Returns a function that says whether the endpoint of a service allows an action on a resource. */
function endpointOf(synthesised: Synthesised, service: string) {
  const [endpoint] = all(synthesised, 'vpc_endpoint').filter((each) => each.service_name.endsWith(`.${service}`));
  if (!endpoint) throw new Error(`no endpoint of ${service}`);
  const { Statement } = JSON.parse(endpoint.policy);
  return (action: string, resource: string) => allows(Statement, action, resource);
}

const own = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:111122223333:${resource}`;

describe('VPC endpoints', () => {
  const closed = () => entrance({ network: { egress: 'interface-endpoints' } });

  it('allow S3 only for the bucket of the environment, and for reading from some buckets of AWS', () => {
    const lets = endpointOf(entrance(), 's3');
    const { bucket } = arnsOf(DEPLOYMENT);
    for (const action of ['s3:PutObject', 's3:GetObject', 's3:DeleteObject']) {
      expect(lets(action, `${bucket}/originals/1`), action).to.equal(true);
      expect(lets(action, 'arn:aws:s3:::somebody-elses/1'), action).to.equal(false);
    }
    expect(lets('s3:ListBucket', bucket)).to.equal(true);
    for (const name of [
      'prod-eu-west-1-starport-layer-bucket',
      'al2023-repos-eu-west-1-de612dc2',
      'amazon-ecs-agent',
    ]) {
      expect(lets('s3:GetObject', `arn:aws:s3:::${name}/1`), name).to.equal(true);
      expect(lets('s3:PutObject', `arn:aws:s3:::${name}/1`), name).to.equal(false);
    }
    expect(lets('s3:ListAllMyBuckets', '*')).to.equal(false);
    expect(lets('s3:GetObject', 'arn:aws:s3:::image-service-state-111122223333-eu-west-1/environments/test')).to.equal(
      false,
    );
  });

  /** An action of a service, a resource of the environment, and another resource. */
  const REACHED: [service: string, action: string, ours: string, theirs: string][] = [
    ['dynamodb', 'dynamodb:Query', `${arnsOf(DEPLOYMENT).table}/index/by-owner`, own('dynamodb', 'table/other')],
    ['ecr.api', 'ecr:BatchGetImage', own('ecr', 'repository/image-service/worker'), own('ecr', 'repository/other')],
    ['ecr.dkr', 'ecr:BatchGetImage', own('ecr', 'repository/image-service/worker'), own('ecr', 'repository/other')],
    [
      'ecs',
      'ecs:Poll',
      own('ecs', 'container-instance/image-service-test/1'),
      own('ecs', 'container-instance/other/1'),
    ],
    ['ecs', 'ecs:UpdateTaskProtection', own('ecs', 'task/image-service-test/1'), own('ecs', 'task/other/1')],
    [
      'logs',
      'logs:PutLogEvents',
      own('logs', 'log-group:/image-service/test/worker:log-stream:1'),
      own('logs', 'log-group:/image-service/other/worker:log-stream:1'),
    ],
    ['sqs', 'sqs:ReceiveMessage', arnsOf(DEPLOYMENT).queue, own('sqs', 'other')],
    [
      'ssm',
      'ssm:GetParameters',
      own('ssm', 'parameter/image-service/test/secrets/api-keys'),
      own('ssm', 'parameter/image-service/other/secrets/api-keys'),
    ],
  ];

  for (const [service, action, ours, theirs] of REACHED) {
    it(`allow ${action} through ${service} only on resources of the environment`, () => {
      const lets = endpointOf(closed(), service);
      expect(lets(action, ours)).to.equal(true);
      expect(lets(action, theirs)).to.equal(false);
      const others = ours.replace('111122223333', '444455556666');
      expect(lets(action, others)).to.equal(false);
    });
  }

  it('each have a policy, except those that accept none', () => {
    const open = all(closed(), 'vpc_endpoint').filter(({ policy }) => policy === undefined);
    expect(open.map(({ service_name }) => service_name)).to.have.members(
      ENDPOINTS_WITHOUT_POLICY.map((service) => `com.amazonaws.eu-west-1.${service}`),
    );
  });

  it('exist beside NAT for isolated workers, and all services may use them', () => {
    const synthesised = entrance({ network: { isolatedWorkers: true } });
    const interfaces = all(synthesised, 'vpc_endpoint').filter((each) => each.vpc_endpoint_type === 'Interface');
    expect(interfaces.map(({ service_name }) => service_name)).to.have.members(
      WORKER_ENDPOINTS.map((service) => `com.amazonaws.eu-west-1.${service}`),
    );
    expect(all(synthesised, 'nat_gateway')).to.have.length(3);
    const leaving = all(synthesised, 'vpc_security_group_egress_rule').filter(({ security_group_id }) =>
      security_group_id.includes('.tasks.'),
    );
    expect(leaving.map(({ cidr_ipv4 }) => cidr_ipv4).filter(Boolean)).to.deep.equal(['0.0.0.0/0']);
    expect(leaving.map((rule) => rule.referenced_security_group_id).join()).to.include('endpoints-security-group');
  });
});
