import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic/index.js';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy/index.js';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription/index.js';
import type { TerraformProvider } from 'cdktf';
import { Construct } from 'constructs';
import { policyDocument } from '../access/policy-document.ts';

interface AlarmTopicProps {
  name: string;
  accountId: string;
  /** Each gets a mail with a link first, and nothing before it is followed. */
  emails: readonly string[];
  /** Of the alarms' region, if it is another: an alarm reaches no topic of a region that is not its own. */
  provider?: TerraformProvider | undefined;
}

/**
 * Where alarms and notices go: the actions to give them, none where nobody is to be told. A thousand mails a month are free. It is not
 * encrypted by a key: CloudWatch may not use SNS's own (`alias/aws/sns`), one of ours is $1 a month, and a mail is read by all who carry it.
 */
export function createAlarmTopic(scope: Construct, id: string, props: AlarmTopicProps): string[] {
  const { name, accountId, emails, provider } = props;
  if (emails.length === 0) return [];
  const own = new Construct(scope, id);
  const place = provider ? { provider } : {};
  const topic = new SnsTopic(own, 'topic', { ...place, name });
  for (const email of emails) {
    new SnsTopicSubscription(own, email, { ...place, topicArn: topic.arn, protocol: 'email', endpoint: email });
  }
  const publish = { Effect: 'Allow', Action: 'sns:Publish', Resource: topic.arn } as const;
  new SnsTopicPolicy(own, 'policy', {
    ...place,
    arn: topic.arn,
    policy: policyDocument(
      {
        ...publish,
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': accountId } },
      },
      // “You can't use Condition blocks in Amazon SNS topic policies for EventBridge”: with one, every notice is dropped without a word.
      // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
      { ...publish, Principal: { Service: 'events.amazonaws.com' } },
    ),
  });
  return [topic.arn];
}
