import { expect } from 'chai';
import { ALL_SETTINGS_CHECKS, CHECKS } from '../../stacks/checks/all-checks.ts';
import { readSources } from './source-files.ts';

/** How the names of files begin that hold the checks of an id, where it is not the id itself: IMG-CDN-001 is in cdn-checks.ts. */
const FILES: Record<string, RegExp> = {
  // IMG-ALB-014 is about the web ACL of the load balancer.
  ALB: /^(load-balancer|target-group|web-acl)/,
  ASG: /^(fleet|spot)/,
  CTR: /^container/,
  DDB: /^table/,
  EC2: /^(instance|launch-template)/,
  ECR: /^container-repository/,
  ECS: /^capacity-provider/,
  END: /^removal/,
  IAM: /^(ecs-role|iam-reference|least-privilege|trust)/,
  NET: /^(network|connection|route)/,
  RNG: /^range/,
  S3: /^bucket/,
  SCL: /^scaling/,
  SET: /^(settings|applied-settings|non-disposable)/,
  SQS: /^queue/,
  SVC: /^service/,
  VPCE: /^vpc-endpoint/,
  WAF: /^web-acl/,
};

const FOUND = readSources('stacks/checks').flatMap(({ path, text }) =>
  [...text.matchAll(/'(IMG-(\w+)-\d{3})'/g)].map(([, id, area = '']) => ({
    id,
    area,
    file: path.split('/').at(-1) ?? '',
  })),
);

describe('files of checks', () => {
  it('have the checks that their names say', () => {
    const isAtHome = ({ area, file }: (typeof FOUND)[0]) => (FILES[area] ?? RegExp(`^${area}`, 'i')).test(file);
    expect(FOUND.filter((each) => !isAtHome(each))).to.deep.equal([]);
  });

  it('write every id out, once', () => {
    const ids = [...CHECKS, ...ALL_SETTINGS_CHECKS].map(({ id }) => id);
    expect(FOUND.map(({ id }) => id)).to.have.members(ids);
  });
});
