import { expect } from 'chai';
import { capWorkers, freeWorkers, readCap } from '../../../scripts/economy/worker-cap.ts';
import { AwsRefusal } from '../../../scripts/target-stack/aws-cli.ts';
import { rejectionOf } from '../../support/rejection.ts';
import { type Called, scriptedSite } from '../deploy/scripted-site.ts';

const WORKERS = {
  'service-namespace': 'ecs',
  'resource-id': 'service/image-service-dev/image-service-dev-worker',
  'scalable-dimension': 'ecs:service:DesiredCount',
};

function siteWith(answer: (called: Called) => object = () => ({})) {
  const { site, calls } = scriptedSite(answer);
  site.platform.resource.aws_appautoscaling_target = { worker_scaling: { min_capacity: 2, max_capacity: 40 } };
  return { site, calls };
}

const refusal = (code: string) => new AwsRefusal(`An error occurred (${code})`, code, 'DeleteScheduledAction');

describe("The workers' cap", () => {
  it('is a scheduled action that lowers the maximum again and again', async () => {
    const { site, calls } = siteWith();
    await capWorkers(site);
    expect(calls).to.deep.equal([
      {
        command: 'application-autoscaling put-scheduled-action',
        options: {
          ...WORKERS,
          'scheduled-action-name': 'economy-mode',
          schedule: 'rate(5 minutes)',
          'scalable-target-action': 'MaxCapacity=10',
        },
      },
    ]);
  });

  it('is removed before the maximum of the settings is set, also if there is none', async () => {
    const { site, calls } = siteWith(({ command }) => {
      if (command.includes('delete')) throw refusal('ObjectNotFoundException');
      return {};
    });
    await freeWorkers(site);
    expect(calls.map(({ command }) => command)).to.deep.equal([
      'application-autoscaling delete-scheduled-action',
      'application-autoscaling register-scalable-target',
    ]);
    expect(calls[1]?.options).to.deep.equal({ ...WORKERS, 'max-capacity': '40' });
  });

  it('stays when AWS refuses to remove it, and so does the maximum', async () => {
    const { site, calls } = siteWith(() => {
      throw refusal('AccessDeniedException');
    });
    expect(await rejectionOf(freeWorkers(site))).to.be.instanceOf(AwsRefusal);
    expect(calls).to.have.length(1);
  });

  it('is read as AWS has it', async () => {
    const ScheduledActions = [{ ScheduledActionName: 'economy-mode', ScalableTargetAction: { MaxCapacity: 7 } }];
    expect(await readCap(siteWith(() => ({ ScheduledActions })).site)).to.equal(7);
    expect(await readCap(siteWith(() => ({ ScheduledActions: [] })).site)).to.equal(undefined);
  });

  it('needs workers that scale', async () => {
    const { site } = scriptedSite(() => ({}));
    delete site.platform.resource.aws_appautoscaling_target;
    expect(String(await rejectionOf(capWorkers(site)))).to.include('Run npm run synth');
  });
});
