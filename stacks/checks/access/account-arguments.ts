import { type Argument, argumentCheck, is, isNot, isOrAbsent } from '../argument-check.ts';
import type { Check } from '../check.ts';

const REPOSITORY = 'aws_ecr_repository';

const ARGUMENTS: Argument[] = [
  {
    id: 'IMG-ECR-101',
    of: REPOSITORY,
    argument: 'image_tag_mutability',
    must: is('IMMUTABLE'),
    reason: 'What was tested could be another image when it is deployed.',
  },
  {
    id: 'IMG-ECR-102',
    of: REPOSITORY,
    argument: 'force_delete',
    must: isNot(true),
    reason: 'A destroy would take what runs in every environment: no task could start again.',
  },
  {
    id: 'IMG-LOG-101',
    of: 'aws_cloudwatch_log_group',
    argument: 'log_group_class',
    must: isOrAbsent('STANDARD'),
    reason:
      'The class for infrequent access has neither metric filters nor embedded metrics: alarms of the workers would see nothing.',
  },
  {
    id: 'IMG-OBS-101',
    of: ['aws_cloudwatch_metric_alarm', 'aws_cloudwatch_composite_alarm'],
    argument: 'actions_enabled',
    must: isNot(false),
    reason: 'Somebody silenced it once; now it tells nobody.',
  },
  {
    id: 'IMG-OBS-102',
    of: 'aws_cloudwatch_event_rule',
    argument: 'state',
    must: isNot('DISABLED'),
    reason: 'Nobody would know why instances went.',
  },
  {
    id: 'IMG-OBS-103',
    of: 'aws_budgets_budget',
    argument: 'time_unit',
    must: is('MONTHLY'),
    reason:
      'The settings speak of a month: the limit of a year would be twelve times too low, that of a day thirty times too high.',
  },
  {
    id: 'IMG-OBS-104',
    of: 'aws_budgets_budget',
    argument: 'limit_unit',
    must: is('USD'),
    reason: 'AWS bills in dollars, and the budget would be of something else.',
  },
];

/** What an argument must be of what everything runs from and is watched by. */
export const ACCOUNT_ARGUMENTS: Check[] = ARGUMENTS.map(argumentCheck);
