import type { Fixed, Given } from './given-changes.ts';

/** Changes of the storage, of observability, and of the account. */
export const STORAGE_CHANGES: Record<string, Given[] | Fixed> = {
  'storage.originalsTier': [
    { set: { 'storage.originalsTier': 'infrequent-access', 'storage.originalsTierDays': 30 } },
    { set: { 'storage.originalsTier': 'none' } },
  ],
  'storage.originalsGlacierDays': [{ set: { 'storage.originalsGlacierDays': 90 } }],
  'storage.accessLogs': [
    { set: { 'storage.accessLogs': false }, todo: 'Existing logs are kept until they expire.' },
    {
      from: 'dev',
      set: { 'storage.accessLogs': false },
      todo: 'If nothing else writes access logs, the log bucket is deleted. With `storage.disposable` its logs are deleted too; without, S3 refuses to delete the bucket until it is empty.',
    },
  ],
  'storage.disposable': [
    {
      set: { 'storage.disposable': true, 'storage.tableBackups': 'off' },
      todo: 'From then on, destroying the stack also deletes all images and records. First switch off backups whose lock is final.',
      // moto refuses the name of a backup plan that has ended, which AWS does not, so it could not be put back.
      planOnly: true,
    },
  ],
  'api.corsOrigins': [
    { set: { 'api.corsOrigins': ['https://others.example.com'] }, as: 'one origin → another' },
    {
      set: { 'api.corsOrigins': [] },
      as: 'one origin → none',
      todo: 'From then on no web page can upload parts by signed URLs.',
    },
  ],
  'api.authentication.issuers': [
    {
      set: {
        'api.authentication.issuers': [
          { name: 'users', issuer: 'https://login.example.com', audience: ['images'], ownerClaim: 'tenant' },
        ],
      },
      as: 'none → one issuer',
    },
  ],
  'api.authentication.localKeys': [{ set: { 'api.authentication.localKeys': 'off' } }],
  'api.moderation.webhookUrl': [
    {
      set: { 'api.moderation.images': 'public', 'api.moderation.webhookUrl': 'https://scanner.example.com/images' },
      as: 'none → one',
      todo: 'First put the secret into the parameter `moderation-secret`: without it sync-upload does not start.',
    },
  ],
  'api.limits': [{ set: { 'api.limits': { requestsPerMinute: 600 } }, as: 'default → one of them' }],
  'api.transformations': [{ set: { 'api.transformations': { mode: 'presets' } }, as: 'any → presets' }],
  'observability.logDays': [{ set: { 'observability.logDays': 180 } }],
  'observability.auditDays': [{ set: { 'observability.auditDays': 180 } }],
  'observability.alarmEmails': [
    {
      set: { 'observability.alarmEmails': ['others@example.com'] },
      as: 'one address → another',
      todo: 'AWS sends nothing to the new address until its owner has followed the link in the confirmation mail.',
    },
  ],
  'account.github.owner': [{ from: 'account', set: { 'github.owner': 'others' } }],
  'account.github.repository': [{ from: 'account', set: { 'github.repository': 'others' } }],
  'account.github.ownerId': [{ from: 'account', set: { 'github.ownerId': '3' } }],
  'account.github.repositoryId': [{ from: 'account', set: { 'github.repositoryId': '3' } }],
  'account.githubEnvironments': [
    {
      from: 'account',
      set: { githubEnvironments: ['dev', 'prod'] },
      todo: 'The roles of its workflows and the permissions boundary of its own roles are deleted: tear the environment down first.',
    },
  ],
  'account.previewEnvironments': [
    {
      from: 'account',
      set: { previewEnvironments: [] },
      todo: 'From then on pull requests show no plan against an environment.',
    },
  ],
  'account.hasOidcProvider': [
    {
      from: 'account',
      set: { hasOidcProvider: true },
      todo: 'The provider would be deleted, and no workflow could assume a role until another project has created it again. Instead run `terraform state rm` here, and `terraform import` in the other project.',
    },
  ],
  'account.tags.Owner': [{ from: 'account', set: { 'tags.Owner': 'others' } }],
  'account.tags.CostCenter': [{ from: 'account', set: { 'tags.CostCenter': 'others' } }],
};
