import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic/index.js';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription/index.js';
import type { TerraformProvider } from 'cdktf';
import { Construct } from 'constructs';

interface AlarmTopicProps {
  name: string;
  /** Each gets a mail with a link first, and nothing before it is followed. */
  emails: readonly string[];
  /** Of the alarms' region, if it is another: an alarm reaches no topic of a region that is not its own. */
  provider?: TerraformProvider | undefined;
}

/**
 * Where alarms go: the actions to give them, none where nobody is to be told. A thousand mails a month are free. It is not encrypted by a
 * key: CloudWatch may not use SNS's own (`alias/aws/sns`), one of ours is $1 a month, and a mail is read by all who carry it.
 */
export function createAlarmTopic(scope: Construct, id: string, { name, emails, provider }: AlarmTopicProps): string[] {
  if (emails.length === 0) return [];
  const own = new Construct(scope, id);
  const place = provider ? { provider } : {};
  const topic = new SnsTopic(own, 'topic', { ...place, name });
  for (const email of emails) {
    new SnsTopicSubscription(own, email, { ...place, topicArn: topic.arn, protocol: 'email', endpoint: email });
  }
  return [topic.arn];
}
