import { isRefusal } from '../target-stack/aws-refusals.ts';
import type { SynthesisedEnvironment } from '../target-stack/synthesised-environment.ts';
import { type Check, type Finding, missing, note, well } from './finding.ts';
import { QUOTAS, type Quota } from './quota-table.ts';

/** The account's quota. AWS has no value for an account whose quota was never changed, so this falls back to the default. */
async function allowed({ aws }: SynthesisedEnvironment, { service, code }: Quota): Promise<number> {
  const named = ['--service-code', service, '--quota-code', code];
  try {
    return (await aws()('service-quotas', 'get-service-quota', ...named)).Quota.Value;
  } catch (error) {
    if (!isRefusal(error, 'NoSuchResourceException')) throw error;
    return (await aws()('service-quotas', 'get-aws-default-service-quota', ...named)).Quota.Value;
  }
}

/** Checks one quota. The remedy requests what all environments of the account need, because an increase takes AWS days. */
async function judge(checked: SynthesisedEnvironment, quota: Quota): Promise<Finding> {
  const { environment, platforms, platform } = checked;
  const [value, used] = [await allowed(checked, quota), (await quota.used?.(checked)) ?? []];
  const need = await quota.need(checked, platform);
  const needs = await Promise.all(Object.values(platforms).map((each) => quota.need(checked, each)));
  const others = used.filter((owner) => owner !== environment).length;
  const strangers = used.filter((owner) => owner === undefined || !(owner in platforms)).length;
  const all = strangers + needs.reduce((sum, each) => sum + each, 0);
  const inUse = others > 0 ? ` beside ${others} in use` : '';
  const sentence = `${quota.name}: ${environment} needs ${need}${inUse}; the account may have ${value}.`;
  const remedy = `aws service-quotas request-service-quota-increase --service-code ${quota.service} --quota-code ${quota.code} --desired-value ${Math.ceil(all)}`;
  if (need > 0 && others + need > value) return missing(sentence, remedy);
  if (all > value) return note(`${sentence} All environments of the account together need ${all}.`, remedy);
  return well(sentence);
}

export const quotas: Check = {
  id: 'quotas',
  asksAws: true,
  async look(checked) {
    const findings: Finding[] = [];
    for (const quota of QUOTAS) findings.push(await judge(checked, quota));
    return findings;
  },
};
