import type { Configurations } from './configurations.ts';

export const BACKUP: Configurations = {
  'S3 PutBucketReplication with a filter': {
    aws_s3_bucket: { source: { bucket: 'source' } },
    aws_s3_bucket_versioning: {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own.
      source: { bucket: '${aws_s3_bucket.source.id}', versioning_configuration: { status: 'Enabled' } },
    },
    aws_s3_bucket_replication_configuration: {
      source: {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own.
        bucket: '${aws_s3_bucket.source.id}',
        role: 'arn:aws:iam::111122223333:role/replication',
        rule: {
          id: 'some',
          status: 'Enabled',
          priority: 1,
          filter: { prefix: 'some/' },
          delete_marker_replication: { status: 'Enabled' },
          destination: { bucket: 'arn:aws:s3:::copies', metrics: { status: 'Enabled' } },
        },
        depends_on: ['aws_s3_bucket_versioning.source'],
      },
    },
  },
  'AWS Backup CreateBackupSelection': {
    aws_backup_vault: { kept: { name: 'kept', tags: { Owner: 'test' } } },
    aws_backup_vault_lock_configuration: {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own.
      kept: { backup_vault_name: '${aws_backup_vault.kept.name}', min_retention_days: 7, changeable_for_days: 3 },
    },
    aws_backup_plan: {
      daily: {
        name: 'daily',
        rule: {
          rule_name: 'daily',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own.
          target_vault_name: '${aws_backup_vault.kept.name}',
          schedule: 'cron(0 0 * * ? *)',
          lifecycle: { delete_after: 30 },
          copy_action: {
            destination_vault_arn: 'arn:aws:backup:eu-central-1:444455556666:backup-vault:copies',
            lifecycle: { delete_after: 30 },
          },
        },
        tags: { Owner: 'test' },
      },
    },
    aws_backup_selection: {
      table: {
        name: 'table',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own.
        plan_id: '${aws_backup_plan.daily.id}',
        iam_role_arn: 'arn:aws:iam::111122223333:role/backup',
        resources: ['arn:aws:dynamodb:us-east-1:111122223333:table/kept'],
      },
    },
  },
};
