import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic/index.js';
import { SnsTopicPolicy } from '@cdktf/provider-aws/lib/sns-topic-policy/index.js';
import { SnsTopicSubscription } from '@cdktf/provider-aws/lib/sns-topic-subscription/index.js';
import type { TerraformProvider } from 'cdktf';
import { Construct } from 'constructs';
import { policyDocument } from '../access/policy-document.ts';

interface AlarmTopicProps {
  name: string;
  accountId: string;
  /** Each address first gets a mail with a link to confirm, and nothing else until the link is followed. */
  emails: readonly string[];
  /** The provider of the alarms' region, if it is another: an alarm cannot publish to a topic in another region. */
  provider?: TerraformProvider | undefined;
}

/**
 * Creates the topic for alarms and notices and returns the actions that publish to it: none if there are no addresses. A thousand mails a month
 * are free. The topic has no KMS key: CloudWatch may not use SNS's own (`alias/aws/sns`), a customer key costs $1 a month, and the mails leave
 * AWS unencrypted anyway.
 */
export function createAlarmTopic(scope: Construct, id: string, props: AlarmTopicProps): string[] {
  const { name, accountId, emails, provider } = props;
  if (emails.length === 0) return [];
  const own = new Construct(scope, id);
  const ownProvider = provider ? { provider } : {};
  const topic = new SnsTopic(own, 'topic', { ...ownProvider, name });
  for (const email of emails) {
    new SnsTopicSubscription(own, email, { ...ownProvider, topicArn: topic.arn, protocol: 'email', endpoint: email });
  }
  const publish = { Effect: 'Allow', Action: 'sns:Publish', Resource: topic.arn } as const;
  new SnsTopicPolicy(own, 'policy', {
    ...ownProvider,
    arn: topic.arn,
    policy: policyDocument(
      {
        ...publish,
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': accountId } },
      },
      // “You can't use Condition blocks in Amazon SNS topic policies for EventBridge”: with one, every notice is dropped silently.
      // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
      { ...publish, Principal: { Service: 'events.amazonaws.com' } },
    ),
  });
  return [topic.arn];
}
