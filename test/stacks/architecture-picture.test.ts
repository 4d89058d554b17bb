import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { SERVICE_NAMES } from '../../shared/contracts/services.ts';
import { isShown } from '../../stacks/docs/infrastructure-page.ts';
import { type Configuration, synthesise } from '../../stacks/docs/synthesis.ts';

const page = readFileSync(new URL('../../docs/infrastructure.md', import.meta.url), 'utf8');
const [architecture = '', stackPicture = ''] = [...page.matchAll(/```mermaid\n(.*?)```/gs)].map(([, text]) => text);

/** As Mermaid takes names. */
const idOf = (name: string): string => name.replaceAll(/\W/g, '_');

const nodesOf = (picture: string): string[] =>
  [...picture.matchAll(/^ +(?:subgraph )?(\w+)[[(]/gm)].map(([, id = '']) => id);

const edgesOf = (picture: string) =>
  [...picture.matchAll(/^ +(\w+) -\.?->(?:\|"(.*)"\|)? (\w+)$/gm)].map(([, from = '', label = '', to = '']) => ({
    from,
    label,
    to,
  }));

/** Terraform's types of which each resource is drawn. */
const DRAWN =
  /^aws_(cloudfront_distribution|lb|ecs_service|s3_bucket|dynamodb_table|sqs_queue|sns_topic|nat_gateway|cloudwatch_metric_alarm)$/;
/** And those that are drawn once, however many there are. */
const ONCE = ['aws_nat_gateway', 'aws_cloudwatch_metric_alarm'];

const VERBS: [actions: RegExp, verb: string][] = [
  [/^s3:GetObject|^dynamodb:(GetItem|Query)/, 'reads'],
  [/^s3:PutObject|^dynamodb:(Put|Update|Delete)Item/, 'writes'],
  [/^s3:DeleteObject$/, 'deletes'],
  [/^sqs:SendMessage/, 'sends'],
  [/^sqs:ReceiveMessage/, 'receives'],
  [/^cloudfront:CreateInvalidation/, 'invalidates'],
];

/** What an ARN of a policy is in the picture, with what the label says of it. */
const TARGETS: [arn: RegExp, node: string][] = [
  [/^arn:aws:s3:::.*-images-.*?\/(\w+)\/\*$/, 'aws_s3_bucket_image_bucket'],
  [/:table\/[^/]+$/, 'aws_dynamodb_table_image_table'],
  [/^arn:aws:sqs:.*-processing$/, 'aws_sqs_queue_processing_queue'],
  [/aws_cloudfront_distribution/, 'aws_cloudfront_distribution_distribution'],
];

interface Statement {
  Effect: 'Allow' | 'Deny';
  Action: string[];
  Resource: string[];
}

/** `reads originals to aws_s3_bucket_image_bucket`: each thing that a policy lets a service do to what is drawn. */
const allowedBy = (policy: string): string[] =>
  (JSON.parse(policy).Statement as Statement[]).flatMap(({ Effect, Action, Resource }) => {
    if (Effect === 'Deny') return [];
    const verbs = VERBS.filter(([pattern]) => Action.some((action) => pattern.test(action))).map(([, verb]) => verb);
    return Resource.flatMap((arn) => {
      const [pattern, node] = TARGETS.find(([each]) => each.test(arn)) ?? [];
      const part = pattern?.exec(arn)?.[1] ?? '';
      return node ? verbs.map((verb) => `${verb} ${part} to ${node}`) : [];
    });
  });

const drawnOf = (from: string): string[] =>
  edgesOf(architecture)
    .filter((edge) => edge.from === from)
    .flatMap(({ label, to }) =>
      label.split('<br>').flatMap((line) => {
        const [, verbs = '', part = ''] = /^(\w+(?:, \w+)*) ?(\w*)$/.exec(line) ?? [];
        return verbs.split(', ').map((verb) => `${verb} ${part} to ${to}`);
      }),
    );

describe('the pictures of docs/infrastructure.md', function () {
  this.timeout(60_000);
  let stacks: Record<string, Configuration>;
  let resources: [type: string, name: string][];

  before(() => {
    stacks = Object.fromEntries(Object.entries(synthesise().stacks).filter(([id]) => isShown(id)));
    resources = Object.entries(stacks)
      .filter(([id]) => id !== 'bootstrap')
      .flatMap(([, { resource = {} }]) => Object.entries(resource))
      .flatMap(([type, named]) => Object.keys(named).map((name): [string, string] => [type, name]));
  });

  it('have every node that an edge begins or ends at', () => {
    for (const picture of [architecture, stackPicture])
      expect(nodesOf(picture)).to.include.members(edgesOf(picture).flatMap(({ from, to }) => [from, to]));
  });

  it('show every resource there is of the types that are drawn, and no other', () => {
    const wanted = resources
      .filter(([type]) => DRAWN.test(type))
      .map(([type, name]) => (ONCE.includes(type) ? type : idOf(`${type}.${name}`)));
    expect(nodesOf(architecture).filter((id) => id.startsWith('aws_'))).to.have.members([...new Set(wanted)]);
  });

  it('show every stack', () => {
    expect(nodesOf(stackPicture)).to.have.members(Object.keys(stacks).map(idOf));
  });

  for (const service of SERVICE_NAMES) {
    it(`show what the role allows of ${service}`, () => {
      const policies = stacks['platform-prod']?.resource?.aws_iam_role_policy ?? {};
      const allowed = allowedBy(policies[`${service}_task-role-policy`]?.policy);
      expect(allowed).to.not.be.empty;
      expect(drawnOf(`aws_ecs_service_${idOf(service)}_service`)).to.have.members([...new Set(allowed)]);
    });
  }
});
