import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { pino } from 'pino';
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../../scripts/local/emulators/emulators.ts';
import { WORKER_CAP } from '../../shared/contracts/worker-cap.ts';
import { createDocumentClient } from '../../shared/runtime/clients.ts';
import { followEconomyMode } from '../../shared/services/economy-mode.ts';
import { provisionTable } from '../../shared/storage/provisioning.ts';
import { readEconomyMode } from '../../shared/storage/table/economy-mode.ts';
import { eventually } from '../support/eventually.ts';
import { photograph } from '../support/images/photographs.ts';
import { type Downloads, downloadsOf } from '../support/services/downloads.ts';
import { startServices } from '../support/services/services.ts';
import { all, only } from '../support/stacks/entrance.ts';
import { DEPLOYMENT, NAMES, platform, SETTINGS } from '../support/stacks/platform.ts';
import { aws } from './aws-cli.ts';
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts';
import { createWorkers, type EmulatedWorkers } from './emulated-workers.ts';

const stack = platform({ observability: { ...SETTINGS.observability, economyMode: 'at-budget' } });
const { minTasks, maxTasks } = SETTINGS.workers;

/** As boto3 names the service, because moto 5.2.1 looks for it by that name; AWS has the name without the hyphen. */
const definition = only(stack, 'sfn_state_machine').definition.replaceAll(
  'aws-sdk:applicationautoscaling:',
  'aws-sdk:application-autoscaling:',
);

/** What EventBridge starts the state machine with. */
const inputOf = (mode: 'on' | 'off'): string =>
  all(stack, 'cloudwatch_event_target').find(({ input }) => input && JSON.parse(input).mode === mode)?.input;

const jpeg = await photograph('jpeg', 60, 40);
const AVIF = { name: 'card', commands: [], output: { format: 'avif' } };
const AUTO = { name: 'photo', commands: [], output: { format: 'auto' } };

/**
 * The chain from the state machine to what services do. moto has no metrics of topics, no alarms that follow metrics, no rules that follow
 * alarms and no scheduled actions that act: test/stacks/observability/economy-switch.test.ts holds the arguments of the first three against
 * models of them, and here the test does what the scheduled action does.
 */
describe('economy mode at the budget, on the emulated AWS', function () {
  this.timeout(300_000);
  let emulated: EmulatedAws;
  let workers: EmulatedWorkers;
  let documents: ReturnType<typeof createDocumentClient>;
  let follower: Awaited<ReturnType<typeof followEconomyMode>>;
  let downloads: Downloads;
  before(async () => {
    emulated = await startEmulatedAws(DEPLOYMENT.accountId);
    await executeStateMachines();
    Object.assign(process.env, LOCAL_CREDENTIALS);
    documents = createDocumentClient({ AWS_REGION: LOCAL_REGION, AWS_ENDPOINT_URL_DYNAMODB: emulated.endpoint });
    await provisionTable(documents, NAMES.table);
    workers = await createWorkers(emulated.endpoint, NAMES);
    await workers.register(maxTasks);
    const table = { documents, tableName: NAMES.table };
    // The services look once a minute; here they look at once again.
    const clock = { pause: () => sleep(20) };
    follower = await followEconomyMode({ table, logger: pino({ enabled: false }), clock });
    downloads = downloadsOf(await startServices({ economyMode: follower }));
  });
  after(async () => {
    follower?.stop();
    await downloads?.services.stop();
    documents?.destroy();
    await emulated?.stop();
  });

  /** By default moto only keeps state machines (https://docs.getmoto.org/en/latest/docs/services/stepfunctions.html). */
  async function executeStateMachines(): Promise<void> {
    const body = JSON.stringify({ stepfunctions: { execute_state_machine: true } });
    const { status } = await fetch(`${emulated.endpoint}/moto-api/config`, { method: 'POST', body });
    expect(status).to.equal(201);
  }

  const states = (command: string, ...options: string[]) =>
    aws(emulated.endpoint, 'stepfunctions', command, ...options);

  /** Starts the state machine as the rule does, and waits for its end. It exists only so long, because moto fails at a second execution. */
  async function execute(mode: 'on' | 'off'): Promise<void> {
    const role = `arn:aws:iam::${DEPLOYMENT.accountId}:role/${NAMES.economySwitch}`;
    const machine = ['--name', NAMES.economySwitch, '--role-arn', role, '--definition', definition];
    const { stateMachineArn } = await states('create-state-machine', ...machine);
    const start = ['--state-machine-arn', stateMachineArn, '--input', inputOf(mode)];
    const { executionArn } = await states('start-execution', ...start);
    const ended = await eventually(`the switch ${mode}`, async () => {
      const execution = await states('describe-execution', '--execution-arn', executionArn);
      return execution.status !== 'RUNNING' && execution;
    });
    await states('delete-state-machine', '--state-machine-arn', stateMachineArn);
    expect(ended.status, ended.cause).to.equal('SUCCEEDED');
    await eventually('that services see it', () => follower.isOn() === (mode === 'on'));
  }

  const cap = async () =>
    (await workers.scaling('describe-scheduled-actions', '--scheduled-action-names', WORKER_CAP.ScheduledActionName))
      .ScheduledActions;

  /** The outputs that workers are told to make of a picture with both renditions, and of one that is looked at by a browser with AVIF. */
  async function asked(): Promise<{ output: unknown; variants: number }> {
    const { imageId } = await downloads.upload(jpeg, [AVIF, AUTO]);
    const sent = (await downloads.services.receiveAll()).flatMap(({ renditions }) => renditions);
    const photo = { imageId, name: AUTO.name };
    await downloads.make(photo, { bytes: jpeg, format: 'jpeg' });
    await downloads.get(`/v1/images/${imageId}/renditions/photo`, { accept: 'image/avif,*/*' });
    return {
      output: sent.find(({ name }) => name === AVIF.name)?.output,
      variants: downloads.timesQueued({ imageId, name: 'photo.avif' }),
    };
  }

  it('lowers the effort, makes no variants and caps the workers, until the month ends', async () => {
    expect(await asked()).to.deep.equal({ output: AVIF.output, variants: 1 });
    await execute('on');
    expect((await readEconomyMode({ documents, tableName: NAMES.table })).changedBy).to.equal('the budget');
    expect(await asked()).to.deep.equal({ output: { format: 'avif', effort: 0 }, variants: 0 });
    const [{ ScalableTargetAction, Schedule }] = await cap();
    expect(ScalableTargetAction).to.deep.equal({ MaxCapacity: Math.max(minTasks, Math.ceil(maxTasks / 4)) });
    expect(Schedule).to.equal(WORKER_CAP.Schedule);
    await workers.register(ScalableTargetAction.MaxCapacity);
    await execute('off');
    expect(await asked()).to.deep.equal({ output: AVIF.output, variants: 1 });
    expect(await cap()).to.deep.equal([]);
    expect(await workers.most()).to.equal(maxTasks);
  });
});
