import { expect } from 'chai';
import { ACCOUNTS } from '../../../stacks/environments/account.ts';
import { bootstrap } from '../../support/stacks/bootstrap.ts';
import { all, type Synthesised } from '../../support/stacks/entrance.ts';
import { matches, transformed } from '../../support/stacks/event-pattern.ts';
import { NAMES, platform, SETTINGS } from '../../support/stacks/platform.ts';

const inPlatform = platform();
const inAccount = bootstrap();

/** The texts of the mails that an event results in. */
function mailsOf(synthesised: Synthesised, event: object): string[] {
  const targets = all(synthesised, 'cloudwatch_event_target').filter(({ arn }) => /aws_sns_topic\./.test(arn));
  const rules = Object.entries(synthesised.resource.aws_cloudwatch_event_rule ?? {});
  return targets.flatMap(({ rule, input_transformer: { input_paths, input_template } }) => {
    const [, { event_pattern } = { event_pattern: '{}' }] = rules.find(([id]) => rule.includes(`.${id}.`)) ?? [];
    return matches(JSON.parse(event_pattern), event) ? [transformed(input_paths, input_template, event)] : [];
  });
}

/** An event as in https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html. */
const deployment = (eventName: string, service = NAMES.service('worker'), cluster = NAMES.cluster) => ({
  'detail-type': 'ECS Deployment State Change',
  source: 'aws.ecs',
  time: '2026-11-30T12:31:14Z',
  resources: [`arn:aws:ecs:eu-west-1:111122223333:service/${cluster}/${service}`],
  detail: {
    eventType: eventName.endsWith('FAILED') ? 'ERROR' : 'INFO',
    eventName,
    deploymentId: 'ecs-svc/123',
    reason: 'ECS deployment circuit breaker: task failed to start.',
  },
});

/** An event as in https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html. */
const scan = (counts: Record<string, number>, repository = 'image-service/worker', status = 'COMPLETE') => ({
  'detail-type': 'ECR Image Scan',
  source: 'aws.ecr',
  time: '2026-11-30T03:25:53Z',
  resources: [`arn:aws:ecr:eu-west-1:111122223333:repository/${repository}`],
  detail: {
    'scan-status': status,
    'repository-name': repository,
    'finding-severity-counts': counts,
    'image-digest': 'sha256:7f5b',
    'image-tags': [],
  },
});

/** An event as in https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced-events.html. */
const finding = (changes: object = {}, repositoryName = 'image-service/worker') => ({
  'detail-type': 'Inspector2 Finding',
  source: 'aws.inspector2',
  time: '2026-11-30T18:02:30Z',
  detail: {
    severity: 'CRITICAL',
    status: 'ACTIVE',
    title: 'CVE-2026-0001 - libheif',
    resources: [
      {
        type: 'AWS_ECR_CONTAINER_IMAGE',
        details: { awsEcrContainerImage: { repositoryName, imageHash: 'sha256:7f5b' } },
      },
    ],
    ...changes,
  },
});

describe('a notice of a deployment', () => {
  it('is sent when ECS rolls it back, with the service and the reason', () => {
    expect(mailsOf(inPlatform, deployment('SERVICE_DEPLOYMENT_FAILED'))).to.deep.equal([
      'A deployment of image-service-test has failed at 2026-11-30T12:31:14Z, and ECS goes back to the last one: arn:aws:ecs:eu-west-1:111122223333:service/image-service-test/image-service-test-worker. ECS says: ECS deployment circuit breaker: task failed to start. Look at the log of the service, and write the digest from before back: the next apply would try this one again.',
    ]);
  });

  it('is not sent during or after a successful deployment, or for other services', () => {
    const others = [
      deployment('SERVICE_DEPLOYMENT_IN_PROGRESS'),
      deployment('SERVICE_DEPLOYMENT_COMPLETED'),
      deployment('SERVICE_DEPLOYMENT_FAILED', 'image-service-prod-worker', 'image-service-prod'),
      deployment('SERVICE_DEPLOYMENT_FAILED', 'other'),
    ];
    for (const event of others) expect(mailsOf(inPlatform, event)).to.deep.equal([]);
  });
});

describe('a notice of vulnerabilities', () => {
  it('is sent for a pushed image, with its digest and the number of vulnerabilities', () => {
    const [mail, ...others] = mailsOf(inAccount, scan({ CRITICAL: 10, MEDIUM: 9 }));
    expect(others).to.deep.equal([]);
    expect(mail).to.match(/^The image image-service\/worker sha256:7f5b has vulnerabilities: critical 10, high {2}\(/);
    expect(mailsOf(inAccount, scan({ HIGH: 1 }))).to.have.length(1);
  });

  it('is sent for vulnerabilities that Inspector finds later', () => {
    expect(mailsOf(inAccount, finding())).to.deep.equal([
      'A critical vulnerability is known of an image of image-service/worker, sha256:7f5b: CVE-2026-0001 - libheif',
    ]);
  });

  it('is not sent for harmless or closed findings, failed scans, or other images', () => {
    const others = [
      scan({ MEDIUM: 9, LOW: 3, UNDEFINED: 1 }),
      scan({ CRITICAL: 0, HIGH: 0 }),
      scan({ CRITICAL: 1 }, 'others/worker'),
      scan({ CRITICAL: 1 }, 'image-service/worker', 'FAILED'),
      finding({ severity: 'MEDIUM' }),
      finding({ status: 'CLOSED' }),
      finding({}, 'others/worker'),
    ];
    for (const event of others) expect(mailsOf(inAccount, event)).to.deep.equal([]);
  });
});

describe('notices', () => {
  for (const [stack, synthesised] of Object.entries({ platform: inPlatform, account: inAccount }))
    it(`are sent to a topic with subscribers: ${stack}`, () => {
      const targets = all(synthesised, 'cloudwatch_event_target').filter(({ arn }) => /aws_sns_topic\./.test(arn));
      for (const { arn } of targets)
        expect(all(synthesised, 'sns_topic_subscription').map(({ topic_arn }) => topic_arn)).to.include(arn);
      expect(targets.length).to.be.above(0);
    });

  it('do not exist if there are no mail addresses', () => {
    const withoutEmails = platform({ observability: { ...SETTINGS.observability, alarmEmails: [] } });
    for (const synthesised of [withoutEmails, bootstrap({ alarmEmails: [] })]) {
      const targets = all(synthesised, 'cloudwatch_event_target');
      expect(targets.filter(({ input_transformer }) => input_transformer)).to.deep.equal([]);
      expect(all(synthesised, 'sns_topic_policy')).to.deep.equal([]);
    }
  });

  it('reach somebody in every account', () => {
    for (const [name, { alarmEmails }] of Object.entries(ACCOUNTS)) expect(alarmEmails, name).to.not.deep.equal([]);
  });
});
