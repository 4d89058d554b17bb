import type { AccountSettings } from './settings.ts';

/** AWS's own, of its documentation. Nobody has credentials of it, so an environment in it is only looked at: placeholders may stand there. */
export const EXAMPLE_ACCOUNT_ID = '111122223333';

/**
 * A PLACEHOLDER: put your own account id here, or one for each environment in its file. The provider refuses to work with the credentials of
 * any other account.
 */
export const ACCOUNT_ID: string = EXAMPLE_ACCOUNT_ID;

/** A PLACEHOLDER too. Prices in these files are of this region; others cost up to half more. */
export const REGION = 'us-east-1';

/** PLACEHOLDERS: the owner answers for the bill, the cost center pays it. */
export const TAGS = { Owner: 'example-team', CostCenter: 'example' } as const;

/**
 * What is there once an account, by the name of its stack. With environments in several accounts, each account has one here, and its own
 * GitHub environments.
 */
export const ACCOUNTS: Record<string, AccountSettings> = {
  bootstrap: {
    accountId: ACCOUNT_ID,
    region: REGION,
    /**
     * PLACEHOLDERS. The ids, from `gh api repos/OWNER/REPOSITORY --jq '.owner.id, .id'`, protect from whoever takes a name that was given up;
     * a repository made since 15 July 2026 cannot do without.
     */
    github: { owner: 'example', repository: 'image-service', ownerId: '1', repositoryId: '2' },
    /** Jobs of these may change everything: give each of them reviewers in GitHub's settings. */
    githubEnvironments: ['dev', 'staging', 'prod'],
    previewEnvironments: ['dev'],
    // PLACEHOLDER.
    alarmEmails: ['image-team@example.com'],
    hasOidcProvider: false,
    stateInBucket: false,
    tags: TAGS,
  },
};
