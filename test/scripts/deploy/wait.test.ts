import { expect } from 'chai';
import { waitUntilSteady } from '../../../scripts/deploy/wait.ts';
import { SERVICE_NAMES, type ServiceName } from '../../../shared/contracts/services.ts';
import { digest, scriptedSite } from './scripted-site.ts';

type Deployment = Record<string, unknown>;

const deployment = (revision: number, rolloutState: string, more: Deployment = {}): Deployment => ({
  ...{ status: 'PRIMARY', taskDefinition: `arn:task-definition/dev:${revision}`, rolloutState },
  ...{ desiredCount: 2, runningCount: 2 },
  ...more,
});

const DONE = [deployment(2, 'COMPLETED')];
const ROLLED_BACK = 'ECS deployment circuit breaker: tasks failed to start.';

/** Revision 2 of every task definition has the recorded image, and revision 1 the one before. */
function cluster(
  looks: Partial<Record<ServiceName, Deployment[]>>[],
  recorded: string | undefined = digest('2'),
  newest = '2',
) {
  let look = -1;
  return scriptedSite(({ command, options }) => {
    if (command === 'ssm get-parameters')
      return {
        Parameters: recorded ? (options.names ?? '').split(' ').map((Name) => ({ Name, Value: recorded })) : [],
      };
    if (command === 'ecs describe-task-definition') {
      // Revisions 2 and 3 have the same image; of a family, the newest is meant.
      const [, revision = newest] = options['task-definition']?.split(':').slice(-2) ?? [];
      const image = Number(revision) > 1 ? digest('2') : digest('1');
      return {
        taskDefinition: {
          taskDefinitionArn: `arn:task-definition/dev:${revision}`,
          containerDefinitions: SERVICE_NAMES.map((name) => ({ name, image: `registry/${name}@${image}` })),
        },
      };
    }
    look = Math.min(look + 1, looks.length - 1);
    const services = SERVICE_NAMES.map((service) => ({
      ...{ serviceName: `image-service-dev-${service}`, status: 'ACTIVE' },
      deployments: looks[look]?.[service] ?? DONE,
      events: [
        { message: `(service ${service}) has newest` },
        ...Array.from({ length: 9 }, (_, at) => ({ message: `older ${at}` })),
      ],
    }));
    return { services: services.filter(({ deployments }) => deployments.length > 0) };
  });
}

/** Waits by a clock that only sleeping moves. */
async function wait({ site }: ReturnType<typeof cluster>, timeoutMinutes = 50) {
  const lines: string[] = [];
  let now = 0;
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
  const log = (line: string) => void lines.push(line);
  const said = await waitUntilSteady(site, { timeoutMinutes, intervalSeconds: 10, log, clock }).then(
    () => 'steady',
    (error: Error) => error.message,
  );
  return { lines, minutes: now / 60_000, said };
}

describe('waiting for steady services', () => {
  it('ends when every service has one complete deployment with the recorded image, and says each change once', async () => {
    const rolling = [
      deployment(2, 'IN_PROGRESS', { runningCount: 1 }),
      { ...deployment(1, 'COMPLETED'), status: 'ACTIVE' },
    ];
    const draining = [deployment(2, 'COMPLETED'), { ...deployment(1, 'COMPLETED'), status: 'ACTIVE' }];
    const { said, lines, minutes } = await wait(
      cluster([{ worker: rolling }, { worker: rolling }, { worker: draining }, {}]),
    );
    expect(said).to.equal('steady');
    expect(minutes).to.equal(0.5);
    expect(lines.filter((line) => line.startsWith('worker'))).to.deep.equal([
      'worker: dev:2, 1 of 2 tasks, IN_PROGRESS',
      'worker: dev:2, 2 of 2 tasks, COMPLETED; 1 earlier still ends',
      'worker: dev:2, 2 of 2 tasks, COMPLETED',
    ]);
    expect(lines.filter((line) => line.startsWith('download'))).to.have.length(1);
  });

  it('fails at once when a deployment has failed, with the reason and the events of ECS, and the command for the log', async () => {
    const failed = [
      deployment(1, 'IN_PROGRESS'),
      deployment(2, 'FAILED', { status: 'ACTIVE', failedTasks: 3, rolloutStateReason: ROLLED_BACK }),
    ];
    const { said, minutes } = await wait(cluster([{}, {}].map(() => ({ worker: failed }))));
    expect(minutes).to.equal(0);
    expect(said).to.equal(`worker: dev:1, 2 of 2 tasks, IN_PROGRESS; its deployment failed: ${ROLLED_BACK}
  ECS: (service worker) has newest
  ECS: older 0
  ECS: older 1
  ECS: older 2
  ECS: older 3
  its log: aws logs tail /image-service/dev/worker --since 1h --region us-east-1`);
  });

  const FAILED = { rolloutStateReason: ROLLED_BACK, failedTasks: 3 };
  const REPLACED: Record<string, Deployment> = {
    'of another image that still ends': deployment(1, 'FAILED', { ...FAILED, status: 'ACTIVE' }),
    'of another image that has ended': deployment(1, 'FAILED', { ...FAILED, status: 'INACTIVE' }),
    'of this image that has ended': deployment(2, 'FAILED', { ...FAILED, status: 'INACTIVE' }),
    'of this image that still drains': deployment(2, 'FAILED', { ...FAILED, status: 'DRAINING' }),
  };
  for (const [title, failed] of Object.entries(REPLACED))
    it(`does not take a failed deployment ${title} for a failure of the one that replaces it`, async () => {
      const looks = [[deployment(2, 'IN_PROGRESS'), failed], [deployment(2, 'COMPLETED'), failed], DONE];
      const { said, minutes } = await wait(cluster(looks.map((download) => ({ download }))));
      expect(said).to.equal('steady');
      expect(minutes).to.be.greaterThan(0);
    });

  for (const status of ['PRIMARY', 'ACTIVE'])
    it(`fails for a failed deployment of the wanted image that is ${status}, also behind one of another image`, async () => {
      const others = [
        deployment(1, 'FAILED', { ...FAILED, status: 'ACTIVE' }),
        deployment(2, 'FAILED', { ...FAILED, status }),
      ];
      const download = status === 'PRIMARY' ? others.reverse() : [deployment(1, 'IN_PROGRESS'), ...others];
      const { said, minutes } = await wait(cluster([{ download }, {}]));
      expect(minutes).to.equal(0);
      expect(said).to.include(`its deployment failed: ${ROLLED_BACK}`);
    });

  it('takes a complete deployment of another image for a rollback', async () => {
    const back = [deployment(1, 'COMPLETED', { rolloutStateReason: 'rolled back' })];
    const { said } = await wait(cluster([{ download: back }]));
    expect(said)
      .to.include(`runs registry/download@${digest('1')}, but ${digest('2')} is recorded`)
      .and.include('rolled back');
  });

  it('takes a complete deployment of the same image in an earlier task definition for a rollback too', async () => {
    const back = [deployment(2, 'COMPLETED', { rolloutStateReason: 'rolled back' })];
    const { said, minutes } = await wait(cluster([{ download: back }], digest('2'), '3'));
    expect(minutes).to.equal(0);
    expect(said)
      .to.include('dev:2, 2 of 2 tasks, COMPLETED, although dev:3 is newer. ECS went back')
      .and.include('rolled back');
  });

  it('is patient while ECS may still answer with the state from before the update', async () => {
    const { said } = await wait(cluster([{ download: [deployment(1, 'IN_PROGRESS')] }, {}]));
    expect(said).to.equal('steady');
  });

  it('ends after its time, names what is not steady, and says something once a minute', async () => {
    const rolling = [deployment(2, 'IN_PROGRESS', { runningCount: 0, failedTasks: 7 })];
    const { said, lines, minutes } = await wait(cluster([{ worker: rolling }]), 5);
    expect(minutes).to.equal(5);
    expect(said).to.match(
      /^After 5 minutes these services are not steady\.\nworker: dev:2, 0 of 2 tasks, 7 failed, IN_PROGRESS\n/,
    );
    expect(said).to.not.include('download');
    expect(lines.filter((line) => line.startsWith('worker')).length).to.be.within(5, 6);
  });

  it('says what to do where a service or a digest is missing', async () => {
    expect((await wait(cluster([{ worker: [] }]))).said).to.equal(
      'There is no service image-service-dev-worker in the cluster image-service-dev: npm run deploy -- dev creates it.',
    );
    expect((await wait(cluster([{}], ''))).said).to.match(
      /^No image is recorded for sync-upload, .*record-digests -- dev --from digests\.json\.$/,
    );
  });
});
