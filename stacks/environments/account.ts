import type { AccountSettings } from './settings.ts';

/**
 * The example account of AWS's documentation. Nobody has its credentials, so an environment in it cannot be deployed and may keep its
 * placeholders.
 */
export const EXAMPLE_ACCOUNT_ID = '111122223333';

/**
 * A PLACEHOLDER: put your own account id here, or one for each environment in its file. The provider refuses the credentials of any other
 * account.
 */
export const ACCOUNT_ID: string = EXAMPLE_ACCOUNT_ID;

/** A PLACEHOLDER too. Prices in these files are for this region; others cost up to half more. */
export const REGION = 'us-east-1';

/** PLACEHOLDERS: the owner answers for the bill, the cost center pays it. */
export const TAGS = { Owner: 'example-team', CostCenter: 'example' } as const;

/**
 * The settings of each account, by the name of its stack. If environments are in several accounts, each account has an entry here with its own
 * GitHub environments.
 */
export const ACCOUNTS: Record<string, AccountSettings> = {
  bootstrap: {
    accountId: ACCOUNT_ID,
    region: REGION,
    /**
     * PLACEHOLDERS. The ids, from `gh api repos/OWNER/REPOSITORY --jq '.owner.id, .id'`, protect against somebody who takes over an abandoned
     * name. A repository created since 15 July 2026 needs them.
     */
    github: { owner: 'example', repository: 'image-service', ownerId: '1', repositoryId: '2' },
    /** Jobs of these environments may change everything: give each of them reviewers in GitHub's settings. */
    githubEnvironments: ['dev', 'staging', 'prod'],
    previewEnvironments: ['dev'],
    // PLACEHOLDER.
    alarmEmails: ['image-team@example.com'],
    hasOidcProvider: false,
    stateInBucket: false,
    tags: TAGS,
  },
};
