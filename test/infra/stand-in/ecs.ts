import { createServiceSettings, settle } from './ecs-services.ts';
import { type AwsAnswer, jsonOf, type OpenSupplement } from './exchange.ts';

const TARGET = 'AmazonEC2ContainerServiceV20141113.';

type Body = ReturnType<typeof jsonOf>;

/** Changes what moto answers, where it goes well. */
async function mend(answered: Promise<AwsAnswer>, change: (body: Body) => void): Promise<AwsAnswer> {
  const answer = await answered;
  if (answer.status !== 200) return answer;
  const body = jsonOf(answer);
  change(body);
  return { ...answer, body: JSON.stringify(body) };
}

export const openEcs: OpenSupplement = (accountId) => {
  const settings = createServiceSettings();
  // Settings for all of an account are to moto 5.2.1 those of one user; Terraform knows them by whose they are.
  const own = (setting: Body) => {
    setting.principalArn = `arn:aws:iam::${accountId}:root`;
  };
  return (request, passOn) => {
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
          settings.keep(service.serviceArn, jsonOf(request));
          settings.addTo(service);
        });
      case 'DeleteService':
        return mend(passOn(), ({ service }) => settings.addTo(service));
      case 'DescribeServices':
        return mend(passOn(), ({ services }) => {
          services.forEach(settings.addTo);
          services.forEach(settle);
        });
      default:
        return undefined;
    }
  };
};
