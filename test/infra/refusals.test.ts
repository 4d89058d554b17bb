import { expect } from 'chai';
import { rejectionOf } from '../support/rejection.ts';
import { aws } from './aws-cli.ts';
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts';

const ACCOUNT = '111122223333';

describe('The stand-in for AWS', function () {
  this.timeout(120_000);
  let emulated: EmulatedAws;
  const ask = (service: string, command: string, ...options: string[]) =>
    aws(emulated.endpoint, service, command, ...options);
  const refusal = async (...asked: [service: string, command: string, ...options: string[]]) =>
    String(await rejectionOf(ask(...asked)));

  before(async () => {
    emulated = await startEmulatedAws(ACCOUNT);
  });
  after(() => emulated?.stop());

  it('refuses to delete a capacity provider while a cluster or a service has it', async () => {
    const group = `arn:aws:autoscaling:us-east-1:${ACCOUNT}:autoScalingGroup:0:autoScalingGroupName/fleet`;
    await ask('ecs', 'create-cluster', '--cluster-name', 'one');
    const provider = ['--auto-scaling-group-provider', `autoScalingGroupArn=${group}`];
    await ask('ecs', 'create-capacity-provider', '--name', 'fleet', ...provider);
    const put = (...names: string[]): [string, string, ...string[]] => {
      const strategy = ['--default-capacity-provider-strategy', '[]'];
      return [
        'ecs',
        'put-cluster-capacity-providers',
        '--cluster',
        'one',
        '--capacity-providers',
        ...names,
        ...strategy,
      ];
    };
    await ask(...put('FARGATE', 'fleet'));
    const container = JSON.stringify([{ name: 'one', image: 'one', memory: 64 }]);
    await ask('ecs', 'register-task-definition', '--family', 'one', '--container-definitions', container);
    const service = ['--cluster', 'one', '--task-definition', 'one'];
    const on = (name: string) => ['--capacity-provider-strategy', `capacityProvider=${name},weight=1`];
    await ask('ecs', 'create-service', '--service-name', 'one', ...service, ...on('fleet'), '--desired-count', '0');

    expect(await refusal(...put('FARGATE'))).to.match(/capacity provider is in use and cannot be removed/);
    const end = ['ecs', 'delete-capacity-provider', '--capacity-provider', 'fleet'] as const;
    await ask('ecs', 'update-service', '--service', 'one', ...service, ...on('FARGATE'));
    expect(await refusal(...end)).to.match(/associated with cluster: one/);
    await ask(...put('FARGATE'));
    expect((await ask(...end)).capacityProvider.name).to.equal('fleet');
  });

  it('refuses to delete a protected load balancer or its subnets, and a second listener on a port', async () => {
    const { Vpc } = await ask('ec2', 'create-vpc', '--cidr-block', '10.0.0.0/16');
    const subnets: string[] = [];
    for (const [zone, block] of [
      ['us-east-1a', '10.0.0.0/24'],
      ['us-east-1b', '10.0.1.0/24'],
    ] as const) {
      const place = ['--vpc-id', Vpc.VpcId, '--availability-zone', zone, '--cidr-block', block];
      subnets.push((await ask('ec2', 'create-subnet', ...place)).Subnet.SubnetId);
    }
    const { LoadBalancers } = await ask('elbv2', 'create-load-balancer', '--name', 'one', '--subnets', ...subnets);
    const own = ['--load-balancer-arn', LoadBalancers[0].LoadBalancerArn];
    const protect = async (value: boolean) => {
      const attribute = `Key=deletion_protection.enabled,Value=${value}`;
      await ask('elbv2', 'modify-load-balancer-attributes', ...own, '--attributes', attribute);
    };
    await protect(true);
    expect(await refusal('elbv2', 'delete-load-balancer', ...own)).to.match(/deletion protection is enabled/);
    const subnet = ['ec2', 'delete-subnet', '--subnet-id', subnets[0] ?? ''] as const;
    expect(await refusal(...subnet)).to.match(/is used by .*loadbalancer/);
    const listen = ['elbv2', 'create-listener', ...own, '--protocol', 'HTTP', '--port', '80'] as const;
    const answer = ['--default-actions', 'Type=fixed-response,FixedResponseConfig={StatusCode=404}'];
    await ask(...listen, ...answer);
    expect(await refusal(...listen, ...answer)).to.match(/DuplicateListener/);
    const [{ ListenerArn }] = (await ask('elbv2', 'describe-listeners', ...own)).Listeners;
    const { CertificateArn } = await ask('acm', 'request-certificate', '--domain-name', 'images.example.com');
    const https = ['--certificates', `CertificateArn=${CertificateArn}`];
    const modify = ['elbv2', 'modify-listener', '--listener-arn', ListenerArn, '--protocol'] as const;
    await ask(...modify, 'HTTPS', '--port', '443', ...https);
    await ask(...modify, 'HTTP', '--port', '80');
    expect((await ask('elbv2', 'describe-listeners', ...own)).Listeners[0].Certificates).to.equal(undefined);
    await protect(false);
    await ask('elbv2', 'delete-load-balancer', ...own);
    await ask(...subnet);
  });

  it('refuses to delete a web ACL of a distribution, and a key of a key group', async () => {
    const metrics = 'SampledRequestsEnabled=false,CloudWatchMetricsEnabled=false,MetricName=one';
    const acl = ['--name', 'one', '--scope', 'CLOUDFRONT'];
    const rest = ['--default-action', 'Allow={}', '--visibility-config', metrics];
    const { Summary } = await ask('wafv2', 'create-web-acl', ...acl, ...rest);
    const config = {
      ...{ CallerReference: 'one', Comment: '', Enabled: false, WebACLId: Summary.ARN },
      Origins: { Quantity: 1, Items: [{ Id: 'one', DomainName: 'example.com' }] },
      DefaultCacheBehavior: { TargetOriginId: 'one', ViewerProtocolPolicy: 'https-only' },
    };
    const create = ['--distribution-config', JSON.stringify(config)];
    const { Distribution, ETag } = await ask('cloudfront', 'create-distribution', ...create);
    const end = ['wafv2', 'delete-web-acl', ...acl, '--id', Summary.Id, '--lock-token', Summary.LockToken] as const;
    expect(await refusal(...end)).to.match(/The web ACL is used by .*distribution/);
    await ask('cloudfront', 'delete-distribution', '--id', Distribution.Id, '--if-match', ETag);
    await ask(...end);

    const key = { CallerReference: 'one', Name: 'one', EncodedKey: 'one' };
    const made = await ask('cloudfront', 'create-public-key', '--public-key-config', JSON.stringify(key));
    const { Id } = made.PublicKey;
    await ask('cloudfront', 'create-key-group', '--key-group-config', JSON.stringify({ Name: 'one', Items: [Id] }));
    expect(await refusal('cloudfront', 'delete-public-key', '--id', Id, '--if-match', made.ETag)).to.match(
      /PublicKeyInUse/,
    );
  });
});
