import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target/index.js';
import type { Construct } from 'constructs';

export interface NoticeProps {
  name: string;
  /** What the notice says and where to look, for the documentation. */
  description: string;
  /** The pattern of the events, in the format of EventBridge. */
  pattern: object;
  /** The text of the mail: one line in which `<name>` stands for a value of the event. */
  message: string;
  /** The path in the event of each name in `message`. */
  paths: Record<string, string>;
  /** The topics to notify; empty if nobody is to be notified. */
  actions: readonly string[];
}

/** Sends a mail for each event of a kind. Events of AWS services are free. */
export function createNotice(scope: Construct, id: string, props: NoticeProps): void {
  const { name, description, pattern, message, paths, actions } = props;
  for (const arn of actions) {
    const rule = new CloudwatchEventRule(scope, id, { name, description, eventPattern: JSON.stringify(pattern) });
    new CloudwatchEventTarget(scope, `${id}-mail`, {
      rule: rule.name,
      targetId: 'mail',
      arn,
      // EventBridge requires the line in quotes. Without a transformer the mail would be the event's JSON.
      inputTransformer: { inputPaths: paths, inputTemplate: JSON.stringify(message) },
    });
  }
}
