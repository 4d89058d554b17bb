import { DataAwsIamOpenidConnectProvider } from '@cdktf/provider-aws/lib/data-aws-iam-openid-connect-provider/index.js';
import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider/index.js';
import type { Construct } from 'constructs';
import type { AccountSettings } from '../environments/settings.ts';
import { policyDocument } from './policy-document.ts';

const ISSUER = 'token.actions.githubusercontent.com';
const AUDIENCE = 'sts.amazonaws.com';

/** An account has one provider per issuer. It is created here, or looked up if another project has created it. */
export function createGithubProvider(scope: Construct, { hasOidcProvider }: AccountSettings): string {
  const url = `https://${ISSUER}`;
  if (hasOidcProvider) return new DataAwsIamOpenidConnectProvider(scope, 'github', { url }).arn;
  // No thumbprints are given, because AWS trusts GitHub's certificate authority and ignores them.
  return new IamOpenidConnectProvider(scope, 'github', { url, clientIdList: [AUDIENCE] }).arn;
}

/**
 * The subjects by which GitHub identifies a job: `repo:OWNER/REPOSITORY:…`, or with ids after the names for repositories that were created since
 * 15 July 2026 or have been migrated. Both forms are allowed, so that a migration does not stop deployments; neither has a wildcard.
 */
export function subjectsOf(github: AccountSettings['github'], ...contexts: string[]): string[] {
  const { owner, repository, ownerId, repositoryId } = github;
  const names = [`${owner}/${repository}`];
  if (ownerId && repositoryId) names.push(`${owner}@${ownerId}/${repository}@${repositoryId}`);
  return names.flatMap((name) => contexts.map((context) => `repo:${name}:${context}`));
}

/** Lets jobs of GitHub Actions assume a role if their subject is in the list. */
export const githubTrust = (provider: string, subjects: readonly string[]): string =>
  policyDocument({
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${ISSUER}:aud`]: AUDIENCE, [`${ISSUER}:sub`]: subjects } },
  });
