import { resourcesOf } from '../target-stack/synthesised-environment.ts';
import { type Check, note, well } from './finding.ts';

/** AWS refuses a distribution only when it is created, in the middle of an apply, so this can only guess beforehand. */
export const cloudFront: Check = {
  id: 'CloudFront',
  asksAws: true,
  async look({ aws, platform, environment }) {
    if (resourcesOf(platform, 'aws_cloudfront_distribution').length === 0) return [well(`${environment} has no CDN.`)];
    const { DistributionList = {} } = await aws()('cloudfront', 'list-distributions');
    if ((DistributionList.Items ?? []).length > 0) return [well('The account has distributions, so it may have more.')];
    return [
      note(
        'The account has no distribution yet, and new accounts are refused the first: "Your account must be verified before you can add new CloudFront resources".',
        'ask AWS Support to verify the account for CloudFront, with a support case of the type "Account and billing", which every account may open',
      ),
    ];
  },
};
