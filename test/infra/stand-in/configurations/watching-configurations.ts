import type { Configurations } from './configurations.ts';

export const WATCHING: Configurations = {
  'Budgets ListTagsForResource': {
    aws_budgets_budget: {
      monthly: {
        name: 'monthly',
        budget_type: 'COST',
        limit_amount: '100.0',
        limit_unit: 'USD',
        time_unit: 'MONTHLY',
        time_period_start: '2026-01-01_00:00',
        tags: { Owner: 'test' },
      },
    },
  },
  'Cost Explorer CreateAnomalyMonitor': {
    aws_ce_anomaly_monitor: {
      services: {
        name: 'services',
        monitor_type: 'DIMENSIONAL',
        monitor_dimension: 'SERVICE',
        tags: { Owner: 'test' },
      },
    },
    aws_ce_anomaly_subscription: {
      mail: {
        name: 'mail',
        frequency: 'DAILY',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own.
        monitor_arn_list: ['${aws_ce_anomaly_monitor.services.arn}'],
        subscriber: { type: 'EMAIL', address: 'someone@example.com' },
        threshold_expression: {
          dimension: { key: 'ANOMALY_TOTAL_IMPACT_ABSOLUTE', match_options: ['GREATER_THAN_OR_EQUAL'], values: ['20'] },
        },
      },
    },
  },
  'Step Functions ValidateStateMachineDefinition': {
    aws_sfn_state_machine: {
      nothing: {
        name: 'nothing',
        role_arn: 'arn:aws:iam::111122223333:role/nothing',
        definition: JSON.stringify({ StartAt: 'Nothing', States: { Nothing: { Type: 'Succeed' } } }),
        tags: { Owner: 'test' },
      },
    },
  },
  'CloudWatch PutCompositeAlarm': {
    aws_cloudwatch_composite_alarm: {
      users: { alarm_name: 'users', alarm_rule: 'ALARM("a") OR ALARM("b")', tags: { Owner: 'test' } },
    },
  },
};
