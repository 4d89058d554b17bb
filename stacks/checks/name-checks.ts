import { type Names, namesOf } from '../../shared/contracts/names.ts';
import { SERVICE_NAMES } from '../../shared/contracts/services.ts';
import { deploymentOf } from '../environments/deployment.ts';
import { type Argument, argumentCheck, type Requirement, satisfying } from './argument-check.ts';
import { isReference, text } from './blocks.ts';
import type { Check } from './check.ts';

const oneOf = (shown: string, allowed: (names: Names) => readonly string[]): Requirement =>
  satisfying(
    shown,
    (name, _, settings) =>
      !settings || isReference(name) || allowed(namesOf(deploymentOf(settings))).includes(text(name)),
  );

const beginning = (shown: string, prefix: (names: Names) => string): Requirement =>
  satisfying(
    `a name that begins with ${shown}`,
    (name, _, settings) =>
      !settings || isReference(name) || text(name).startsWith(prefix(namesOf(deploymentOf(settings)))),
  );

const NAMES: Argument[] = [
  {
    id: 'IMG-NAM-001',
    of: 'aws_dynamodb_table',
    argument: 'name',
    must: oneOf('names.table of shared/contracts/names.ts', ({ table }) => [table]),
    reason: 'Services look for the table by this name, and their roles allow no other.',
  },
  {
    id: 'IMG-NAM-002',
    of: 'aws_sqs_queue',
    argument: 'name',
    must: oneOf('names.queue or names.deadLetterQueue of shared/contracts/names.ts', (names) => [
      names.queue,
      names.deadLetterQueue,
    ]),
    reason: 'Services, alarms and roles use these names, so no message would reach another queue.',
  },
  {
    id: 'IMG-NAM-003',
    of: 'aws_ecs_cluster',
    argument: 'name',
    must: oneOf('names.cluster of shared/contracts/names.ts', ({ cluster }) => [cluster]),
    reason: 'Instances join their cluster by this name, and workflows deploy to it by name.',
  },
  {
    id: 'IMG-NAM-004',
    of: 'aws_ecs_service',
    argument: 'name',
    must: oneOf('names.service() of shared/contracts/names.ts', ({ service }) => SERVICE_NAMES.map(service)),
    reason: 'The deploy role may change only services with these names, and metrics are looked up by them.',
  },
  {
    id: 'IMG-NAM-005',
    of: 'aws_s3_bucket',
    argument: 'bucket',
    must: beginning('names.prefix of shared/contracts/names.ts', ({ prefix }) => `${prefix}-`),
    reason: 'The apply role may not create buckets with other names, and policies name the buckets.',
  },
  {
    id: 'IMG-NAM-006',
    of: 'aws_cloudwatch_log_group',
    argument: 'name',
    must: beginning('names.logGroup() of shared/contracts/names.ts', ({ logGroup }) => logGroup('')),
    reason: 'The permissions boundary allows writing only to log groups with this prefix.',
  },
  {
    id: 'IMG-NAM-007',
    of: 'aws_iam_role',
    argument: 'name',
    must: beginning('names.prefix of shared/contracts/names.ts', ({ prefix }) => `${prefix}-`),
    reason: 'The apply role may not create roles with other names.',
  },
];

/** Checks of names, because stacks, roles and programs find each other's resources by name alone. */
export const NAME_CHECKS: Check[] = NAMES.map(argumentCheck);
