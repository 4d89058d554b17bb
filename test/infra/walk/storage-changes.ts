import type { Fixed, Given } from './given-changes.ts';

/** Changes of the storage, of observability, and of the account. */
export const STORAGE_CHANGES: Record<string, Given[] | Fixed> = {
  'storage.originalsTier': [
    { set: { 'storage.originalsTier': 'infrequent-access', 'storage.originalsTierDays': 30 } },
    { set: { 'storage.originalsTier': 'none' } },
  ],
  'storage.originalsGlacierDays': [{ set: { 'storage.originalsGlacierDays': 90 } }],
  'storage.accessLogs': [
    { set: { 'storage.accessLogs': false }, todo: 'Logs that there are stay until they are old enough.' },
    {
      from: 'dev',
      set: { 'storage.accessLogs': false },
      todo: 'Where nothing else writes access logs, the log bucket ends, and with `storage.disposable` the logs in it; without, S3 refuses until it is empty.',
    },
  ],
  'storage.disposable': [
    {
      set: { 'storage.disposable': true, 'storage.tableBackups': 'off' },
      todo: 'Whoever destroys the storage destroys what is in it, from then on. Backups under a final lock are switched off before.',
      // moto refuses the name of a backup plan that has ended, which AWS does not, so it could not be put back.
      planOnly: true,
    },
  ],
  'api.corsOrigins': [
    { set: { 'api.corsOrigins': ['https://others.example.com'] }, as: 'one origin → another' },
    { set: { 'api.corsOrigins': [] }, as: 'one origin → none', todo: 'No page uses part URLs from then on.' },
  ],
  'observability.logDays': [{ set: { 'observability.logDays': 180 } }],
  'observability.alarmEmails': [
    {
      set: { 'observability.alarmEmails': ['others@example.com'] },
      as: 'one address → another',
      todo: 'The new address is told nothing until the link in AWS’s mail was followed.',
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
      todo: 'The roles of its workflows and the boundary of its own roles end: tear the environment down first.',
    },
  ],
  'account.previewEnvironments': [
    {
      from: 'account',
      set: { previewEnvironments: [] },
      todo: 'Pull requests are compared with the state of no environment from then on.',
    },
  ],
  'account.hasOidcProvider': [
    {
      from: 'account',
      set: { hasOidcProvider: true },
      todo: 'Until another project has made GitHub’s provider again no workflow gets a role: `terraform state rm` it here and `terraform import` it there instead.',
    },
  ],
  'account.tags.Owner': [{ from: 'account', set: { 'tags.Owner': 'others' } }],
  'account.tags.CostCenter': [{ from: 'account', set: { 'tags.CostCenter': 'others' } }],
};
