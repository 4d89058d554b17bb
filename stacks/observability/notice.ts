import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target/index.js';
import type { Construct } from 'constructs';

export interface NoticeProps {
  name: string;
  /** What it tells, and where to look: for the guide. */
  description: string;
  /** Of the events, in EventBridge's own words. */
  pattern: object;
  /** The mail: one line in which `<name>` stands for what is found in the event … */
  message: string;
  /** … at this path. */
  paths: Record<string, string>;
  /** Topics; none where nobody is to be told. */
  actions: readonly string[];
}

/** A mail for each event of a kind. Free: events of AWS's own services cost nothing. */
export function createNotice(scope: Construct, id: string, props: NoticeProps): void {
  const { name, description, pattern, message, paths, actions } = props;
  for (const arn of actions) {
    const rule = new CloudwatchEventRule(scope, id, { name, description, eventPattern: JSON.stringify(pattern) });
    new CloudwatchEventTarget(scope, `${id}-mail`, {
      rule: rule.name,
      targetId: 'mail',
      arn,
      // A line in quotes, or EventBridge refuses it; without this a mail is the event's JSON.
      inputTransformer: { inputPaths: paths, inputTemplate: JSON.stringify(message) },
    });
  }
}
