import type { Deployment } from '../../shared/contracts/names.ts';
import { policyDocument } from '../access/policy-document.ts';

/** Lets ECS assume a role only for tasks of this account and region, because ECS acts for all accounts (the confused deputy problem). */
export const tasksTrust = ({ accountId, region }: Omit<Deployment, 'environment'>): string =>
  policyDocument({
    Effect: 'Allow',
    Principal: { Service: 'ecs-tasks.amazonaws.com' },
    Action: 'sts:AssumeRole',
    Condition: {
      StringEquals: { 'aws:SourceAccount': accountId },
      ArnLike: { 'aws:SourceArn': `arn:aws:ecs:${region}:${accountId}:*` },
    },
  });
