import { createCapacityUses } from './ecs-capacity.ts';
import { createDeployments } from './ecs-deployments.ts';
import { createServiceSettings, settle } from './ecs-services.ts';
import { type AwsAnswer, jsonOf, type OpenSupplement } from './exchange.ts';
import { forgetUser, keepUses } from './uses.ts';

const TARGET = 'AmazonEC2ContainerServiceV20141113.';

type Body = ReturnType<typeof jsonOf>;

/** Changes moto's answer if it is a success. */
async function mend(answered: Promise<AwsAnswer>, change: (body: Body) => void): Promise<AwsAnswer> {
  const answer = await answered;
  if (answer.status !== 200) return answer;
  const body = jsonOf(answer);
  change(body);
  return { ...answer, body: JSON.stringify(body) };
}

export const openEcs: OpenSupplement = (accountId, { startTask }) => {
  const deployments = startTask && createDeployments(startTask);
  const settings = createServiceSettings();
  const capacity = createCapacityUses();
  // moto 5.2.1 returns account settings as those of one user, but Terraform finds them by their principal.
  const own = (setting: Body) => {
    setting.principalArn = `arn:aws:iam::${accountId}:root`;
  };
  return (request, passOn) => {
    const refused = capacity.refuse(request.action, jsonOf(request));
    if (refused) return refused;
    switch (request.action) {
      case 'PutAccountSettingDefault': {
        const headers = { ...request.headers, 'x-amz-target': `${TARGET}PutAccountSetting` };
        return mend(passOn({ headers }), ({ setting }) => own(setting));
      }
      case 'ListAccountSettings':
        return mend(passOn(), (body) => body.settings.forEach(own));
      case 'CreateService':
      case 'UpdateService':
        return mend(passOn(), ({ service }) => {
          const given = jsonOf(request);
          settings.keep(service.serviceArn, given);
          capacity.keep(service.serviceArn, given);
          const subnets = given.networkConfiguration?.awsvpcConfiguration?.subnets;
          if (subnets) keepUses(service.serviceArn, subnets);
          settings.addTo(service);
          deployments?.deploy(service, given);
          deployments?.addTo(service);
        });
      case 'DeleteService':
        return mend(passOn(), ({ service }) => {
          settings.addTo(service);
          capacity.forget(service.serviceArn);
          forgetUser(service.serviceArn);
          void deployments?.remove(service.serviceArn);
        });
      case 'DescribeServices':
        return mend(passOn(), ({ services }) => {
          services.forEach(settings.addTo);
          services.forEach(deployments?.addTo ?? settle);
        });
      default:
        return undefined;
    }
  };
};
