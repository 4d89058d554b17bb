import { type Argument, argumentCheck, is, isNot, isOrAbsent } from '../argument-check.ts';
import type { Check } from '../check.ts';

const REPOSITORY = 'aws_ecr_repository';

const ARGUMENTS: Argument[] = [
  {
    id: 'IMG-ECR-101',
    of: REPOSITORY,
    argument: 'image_tag_mutability',
    must: is('IMMUTABLE'),
    reason: 'The tag of a tested image could point to another image when it is deployed.',
  },
  {
    id: 'IMG-ECR-102',
    of: REPOSITORY,
    argument: 'force_delete',
    must: isNot(true),
    reason: 'A destroy would delete the images that run in every environment, and no task could start again.',
  },
  {
    id: 'IMG-LOG-101',
    of: 'aws_cloudwatch_log_group',
    argument: 'log_group_class',
    must: isOrAbsent('STANDARD'),
    reason:
      'The infrequent-access class supports neither metric filters nor embedded metrics, so the alarms of the workers would have no data.',
  },
  {
    id: 'IMG-OBS-101',
    of: ['aws_cloudwatch_metric_alarm', 'aws_cloudwatch_composite_alarm'],
    argument: 'actions_enabled',
    must: isNot(false),
    reason: 'An alarm that somebody once silenced notifies nobody.',
  },
  {
    id: 'IMG-OBS-102',
    of: 'aws_cloudwatch_event_rule',
    argument: 'state',
    must: isNot('DISABLED'),
    reason: 'Nobody would learn why instances ended.',
  },
  {
    id: 'IMG-OBS-103',
    of: 'aws_budgets_budget',
    argument: 'time_unit',
    must: is('MONTHLY'),
    reason:
      'The setting is for a month: as a yearly limit it would be twelve times too low, as a daily one thirty times too high.',
  },
  {
    id: 'IMG-OBS-104',
    of: 'aws_budgets_budget',
    argument: 'limit_unit',
    must: is('USD'),
    reason: 'AWS bills in dollars, and the budget would measure something else.',
  },
];

/** Arguments of container repositories, log groups, alarms, event rules and budgets. */
export const CONTAINER_REPOSITORY_CHECKS: Check[] = ARGUMENTS.map(argumentCheck);
