import { type Argument, argumentCheck, is, isNot } from '../argument-check.ts';
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
];

/** Arguments of the repositories of container images. */
export const CONTAINER_REPOSITORY_CHECKS: Check[] = ARGUMENTS.map(argumentCheck);
