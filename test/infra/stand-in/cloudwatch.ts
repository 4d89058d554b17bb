import type { AwsAnswer, OpenSupplement, PassOn } from './exchange.ts';
import { wrap } from './xml.ts';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);

/**
 * moto 5.2.1 lists alarms with a rule as composite alarms but cannot create one. So it keeps them as metric alarms, and their rules are
 * kept here.
 */
export const openCloudWatch: OpenSupplement = () => {
  const rules = new Map<string, string>();

  /** Terraform asks for one alarm by its name. */
  async function describe(passOn: PassOn): Promise<AwsAnswer> {
    const answer = await passOn();
    const body = answer.body
      .toString()
      .replace('<CompositeAlarms/>', '')
      .replaceAll('MetricAlarms>', 'CompositeAlarms>')
      .replace(/<AlarmName>(.*?)<\/AlarmName>/g, (element, name) =>
        element.concat(wrap('AlarmRule', escapeXml(rules.get(name) ?? ''))),
      );
    return { ...answer, body };
  }

  return (request, passOn) => {
    const form = new URLSearchParams(request.body.toString());
    if (request.action === 'DescribeAlarms' && form.get('AlarmTypes.member.1') === 'CompositeAlarm')
      return describe(passOn);
    if (request.action !== 'PutCompositeAlarm') return undefined;
    rules.set(form.get('AlarmName') ?? '', form.get('AlarmRule') ?? '');
    form.set('Action', 'PutMetricAlarm');
    return passOn({ body: Buffer.from(form.toString()) });
  };
};
