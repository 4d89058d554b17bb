import { AwsRefusal } from '../target-stack/aws-cli.ts';
import type { Stack, Values } from '../target-stack/synthesised-environment.ts';
import { type Check, note, well } from './finding.ts';

/** The region of Cost Explorer. */
const BILLING_REGION = 'us-east-1';

/** AWS answers this to accounts whose bill another account pays: https://github.com/hashicorp/terraform-provider-aws/issues/37636 */
const PAID_BY_ANOTHER = /Linked account/;

const keysOf = ({ provider }: Stack): string[] => Object.keys(provider.aws[0]?.default_tags?.[0]?.tags ?? {}).sort();

/** AWS knows a tag a day after the first resource has it, so the tags cannot be on before the first apply. */
export const costs: Check = {
  id: 'cost allocation tags',
  asksAws: true,
  async look({ aws, platform }) {
    const keys = keysOf(platform);
    const command = 'list-cost-allocation-tags';
    let active: string[];
    try {
      const found = await aws(BILLING_REGION)('ce', command, '--status', 'Active', '--tag-keys', ...keys);
      active = found.CostAllocationTags.map(({ TagKey }: Values) => TagKey);
    } catch (error) {
      if (!(error instanceof AwsRefusal) || !PAID_BY_ANOTHER.test(error.message)) throw error;
      return [
        note(
          'Another account pays for this one, and only that account can see its cost allocation tags.',
          `activate ${keys.join(', ')} there`,
        ),
      ];
    }
    const off = keys.filter((key) => !active.includes(key));
    if (off.length === 0) return [well(`${keys.join(', ')} are active.`)];
    const status = off.map((key) => `TagKey=${key},Status=Active`).join(' ');
    return [
      note(
        `${off.join(', ')} are not active, so budget and cost report see nothing.`,
        `a day after the first apply: aws ce update-cost-allocation-tags-status --region ${BILLING_REGION} --cost-allocation-tags-status ${status}`,
      ),
    ];
  },
};
