import { expect } from 'chai';
import { certificates } from '../../../scripts/doctor/certificates.ts';
import { costs } from '../../../scripts/doctor/costs.ts';
import { look } from '../../../scripts/doctor/examine.ts';
import { parameters } from '../../../scripts/doctor/parameters.ts';
import { placeholders } from '../../../scripts/doctor/placeholders.ts';
import type { Site } from '../../../scripts/doctor/site.ts';
import { zones } from '../../../scripts/doctor/zones.ts';
import { type Answers, madeUpSite, stackOf } from '../../support/made-up-site.ts';

const REGIONAL = 'arn:aws:acm:us-east-1:210987654321:certificate/1';
const DAY_MS = 86_400_000;

const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

/** What a check says of a site, as `outcome: sentence`. */
const saidOf = async (check: Parameters<typeof look>[0], site: Site): Promise<string[]> =>
  (await look(check, site)).map(({ outcome, what }) => `${outcome}: ${what}`);

describe('npm run doctor looks at certificates and', () => {
  const site = (arn: string, certificate: object | ['ResourceNotFoundException', string]) =>
    madeUpSite({
      platform: {
        aws_lb_listener: { one: { certificate_arn: arn } },
        aws_cloudfront_distribution: { one: { origin: [{ domain_name: 'img.acme.dev' }], aliases: [] } },
      },
      answers: {
        'acm describe-certificate': Array.isArray(certificate) ? certificate : { Certificate: certificate },
      },
    });
  const issued = { Status: 'ISSUED', DomainName: '*.acme.dev', NotAfter: inDays(200) };
  const CASES: [title: string, site: Site, says: RegExp][] = [
    ['takes one that is issued for a wildcard', site(REGIONAL, issued), /^well: That of the load balancer/],
    [
      'takes the end of one in seconds, as version 1 of the CLI has it',
      site(REGIONAL, { ...issued, NotAfter: 4_102_444_800 }),
      /^well: .*until 2100-01-01\./,
    ],
    [
      'says that one waits for its DNS record',
      site(REGIONAL, { ...issued, Status: 'PENDING_VALIDATION' }),
      /^missing: .*waits for a DNS record/,
    ],
    ['says that one has failed', site(REGIONAL, { ...issued, Status: 'FAILED' }), /^missing: .*is FAILED/],
    [
      'says that a wildcard is for one label only',
      site(REGIONAL, { ...issued, DomainName: '*.dev' }),
      /^missing: .*not for img\.acme\.dev/,
    ],
    ['says that one was not renewed', site(REGIONAL, { ...issued, NotAfter: inDays(10) }), /^missing: .*ends in/],
    [
      'says that one is in another region',
      site(REGIONAL.replace('us-east', 'eu-west'), issued),
      /^missing: .*must be of/,
    ],
    [
      'says that there is none',
      site(REGIONAL, ['ResourceNotFoundException', 'DescribeCertificate']),
      /^missing: There is no certificate/,
    ],
  ];
  for (const [title, patient, says] of CASES)
    it(title, async () => expect((await saidOf(certificates, patient)).join()).to.match(says));
});

describe('npm run doctor looks at zones and', () => {
  const zone = (id: string, State = 'available') => ({
    ZoneId: id,
    ZoneName: id,
    State,
    OptInStatus: 'opt-in-not-required',
  });
  const fargate = { requires_compatibilities: ['FARGATE'], runtime_platform: { cpu_architecture: 'ARM64' } };
  const group = {
    name: 'image-service-dev-worker',
    mixed_instances_policy: {
      launch_template: { override: [{ instance_type: 'c5.large' }, { instance_type: 'c6i.large' }] },
    },
  };
  const site = (
    ids: string[],
    offered: [type: string, zone: string][] = [
      ['c5.large', 'use1-az1'],
      ['c6i.large', 'use1-az1'],
    ],
  ) =>
    madeUpSite({
      platform: {
        aws_subnet: Object.fromEntries(ids.map((id) => [id, { availability_zone_id: id }])),
        aws_ecs_task_definition: { one: fargate },
        aws_autoscaling_group: { one: group },
      },
      answers: {
        'ec2 describe-availability-zones': {
          AvailabilityZones: [zone('use1-az1'), zone('use1-az2', 'impaired'), zone('use1-az3')],
        },
        'ec2 describe-instance-type-offerings': {
          InstanceTypeOfferings: offered.map(([InstanceType, Location]) => ({ InstanceType, Location })),
        },
      },
    });
  it('takes one that has everything', async () =>
    expect(await saidOf(zones, site(['use1-az1']))).to.deep.equal(['well: use1-az1 have all it needs.']));
  it('says that one is not available', async () =>
    expect(await saidOf(zones, site(['use1-az2']))).to.include('missing: Zone use1-az2 is impaired.'));
  it('says that one is none of the account’s', async () =>
    expect(await saidOf(zones, site(['use1-az9']))).to.include(
      'missing: The account has no zone use1-az9 in this region.',
    ));
  it('says where Fargate has no arm64', async () =>
    expect((await saidOf(zones, site(['use1-az3']))).join()).to.match(
      /missing: Zone use1-az3 has no Fargate for arm64/,
    ));
  it('says where none of a fleet’s instance types is', async () =>
    expect(await saidOf(zones, site(['use1-az1'], []))).to.deep.equal([
      'missing: Zone use1-az1 has none of the instance types of image-service-dev-worker.',
    ]));
  it('notes where some of them are not', async () =>
    expect(await saidOf(zones, site(['use1-az1'], [['c5.large', 'use1-az1']]))).to.deep.equal([
      'note: Zone use1-az1 does not have c6i.large of image-service-dev-worker.',
    ]));
  it('counts the zones of a platform that takes the first that are available', async () => {
    const taken = site(['use1-az1']);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own.
    const names = ['${element(names, 0)}', '${element(names, 1)}', '${element(names, 2)}'];
    const subnets = names.map((availability_zone, index) => [String(index), { availability_zone }]);
    const platform = stackOf({ aws_subnet: Object.fromEntries(subnets) });
    expect(await saidOf(zones, { ...taken, platform })).to.include(
      'missing: The region has 2 zones, and 3 are needed.',
    );
  });
});

describe('npm run doctor looks at settings, parameters and tags and', () => {
  it('says which placeholders are left', async () => {
    const storage = stackOf({
      aws_s3_bucket: { one: { '//': 'https://a.example.com', origin: 'https://b.example.com' } },
    });
    const stack = stackOf({ aws_iam_role: { one: { trust: 'repo:example@1/image-service@2:pull_request' } } });
    const site = { ...madeUpSite({}), accountId: '111122223333', storage, bootstrap: { name: 'bootstrap', stack } };
    const said = await saidOf(placeholders, site);
    expect(said).to.deep.equal([
      "missing: The account is 111122223333, of AWS's documentation.",
      'missing: The GitHub repository is of "example".',
      'missing: Nobody can have the names b.example.com.',
      'note: No address gets the alarms.',
    ]);
  });

  it('says that a secret is readable, and that a digest is none', async () => {
    const platform = {
      data: { one: { secret: '/image-service/dev/secrets/api-keys', image: '/image-service/dev/images/worker' } },
    };
    const there = [
      { Name: '/image-service/dev/secrets/api-keys', Type: 'String', Value: 'x' },
      { Name: '/image-service/dev/images/worker', Type: 'String', Value: 'latest' },
    ];
    const site = madeUpSite({ platform, answers: { 'ssm get-parameters': { Parameters: there } } });
    const said = await saidOf(parameters, site);
    expect(said[1]).to.match(/^missing: .*api-keys is a String/);
    expect(said[0]).to.match(/^missing: .*worker is no digest of an image, but "latest"/);
  });

  it('tells whose account knows of cost allocation tags, where another pays', async () => {
    const sentence = "Failed to list Cost Allocation Tags: Linked account doesn't have access to cost allocation tags.";
    const answers: Answers = {
      'ce list-cost-allocation-tags': ['AccessDeniedException', 'ListCostAllocationTags', sentence],
    };
    expect(await saidOf(costs, madeUpSite({ answers }))).to.deep.equal([
      'note: Another account pays for this one and alone knows.',
    ]);
  });

  const REFUSALS: [asked: string, answer: [string, string, string?], permission: string][] = [
    [
      'ssm get-parameters',
      [
        'AccessDeniedException',
        'GetParameters',
        'User: x is not authorized to perform: ssm:GetParameters on resource: y',
      ],
      'ssm:GetParameters',
    ],
    [
      'elbv2 describe-load-balancers',
      ['AccessDenied', 'DescribeLoadBalancers'],
      'elasticloadbalancing:DescribeLoadBalancers',
    ],
    ['ec2 describe-vpcs', ['UnauthorizedOperation', 'DescribeVpcs'], 'ec2:DescribeVpcs'],
    ['s3api head-bucket', ['403', 'HeadBucket', 'Forbidden'], 's3:ListBucket'],
  ];
  for (const [asked, answer, permission] of REFUSALS)
    it(`names the permission that is lacking where AWS answers ${answer[0]} to aws ${asked}`, async () => {
      const site = madeUpSite({ answers: { [asked]: answer } });
      const [service = '', command = ''] = asked.split(' ');
      const asking = { id: 'asking', asksAws: true, look: () => site.aws()(service, command) };
      expect(await saidOf(asking, site)).to.deep.equal([`unseen: ${permission} is not allowed.`]);
    });
});
