import type { Deployment } from '../../shared/contracts/names.ts';
import { policyDocument } from '../access/policy-document.ts';

/** Lets ECS give a role to tasks of this account and region only: it acts for everybody (the confused deputy). */
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
