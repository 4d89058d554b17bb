import { expect } from 'chai';
import { costs } from '../../../scripts/doctor/costs.ts';
import { parameters } from '../../../scripts/doctor/parameters.ts';
import { placeholders } from '../../../scripts/doctor/placeholders.ts';
import { type Answers, madeUpEnvironment, saidOf, stackOf } from '../../support/stacks/made-up-environment.ts';

describe('npm run doctor, about settings, parameters and tags,', () => {
  it('names the placeholders that are left', async () => {
    const storage = stackOf({
      aws_s3_bucket: { one: { '//': 'https://a.example.com', origin: 'https://b.example.com' } },
    });
    const stack = stackOf({ aws_iam_role: { one: { trust: 'repo:example@1/image-service@2:pull_request' } } });
    const checked = {
      ...madeUpEnvironment({}),
      accountId: '111122223333',
      storage,
      bootstrap: { name: 'bootstrap', stack },
    };
    const said = await saidOf(placeholders, checked);
    expect(said).to.deep.equal([
      "missing: The account is 111122223333, an example from AWS's documentation.",
      'missing: The GitHub repository belongs to "example".',
      'missing: Nobody can have the names b.example.com.',
      'note: Nobody gets the alarms by mail.',
    ]);
  });

  it('reports a secret that is not encrypted, and an invalid image digest', async () => {
    const platform = {
      data: { one: { secret: '/image-service/dev/secrets/api-keys', image: '/image-service/dev/images/worker' } },
    };
    const there = [
      { Name: '/image-service/dev/secrets/api-keys', Type: 'String', Value: 'x' },
      { Name: '/image-service/dev/images/worker', Type: 'String', Value: 'latest' },
    ];
    const checked = madeUpEnvironment({ platform, answers: { 'ssm get-parameters': { Parameters: there } } });
    const said = await saidOf(parameters, checked);
    expect(said[1]).to.match(/^missing: .*api-keys is a String/);
    expect(said[0]).to.match(/^missing: .*worker is not the digest of an image, but "latest"/);
  });

  it('notes that another account has the cost allocation tags where another account pays', async () => {
    const sentence = "Failed to list Cost Allocation Tags: Linked account doesn't have access to cost allocation tags.";
    const answers: Answers = {
      'ce list-cost-allocation-tags': ['AccessDeniedException', 'ListCostAllocationTags', sentence],
    };
    expect(await saidOf(costs, madeUpEnvironment({ answers }))).to.deep.equal([
      'note: Another account pays for this one, and only that account can see its cost allocation tags.',
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
    it(`names the missing permission where AWS answers ${answer[0]} to aws ${asked}`, async () => {
      const checked = madeUpEnvironment({ answers: { [asked]: answer } });
      const [service = '', command = ''] = asked.split(' ');
      const asking = { id: 'asking', asksAws: true, look: () => checked.aws()(service, command) };
      expect(await saidOf(asking, checked)).to.deep.equal([`unseen: ${permission} is not allowed.`]);
    });
});
