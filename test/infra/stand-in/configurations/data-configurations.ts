import type { Configurations } from './configurations.ts';

export const DATA: Configurations = {
  'Application Auto Scaling ListTagsForResource': {
    aws_dynamodb_table: {
      scaled: {
        name: 'scaled',
        hash_key: 'pk',
        attribute: [{ name: 'pk', type: 'S' }],
        read_capacity: 1,
        write_capacity: 1,
        lifecycle: { ignore_changes: ['read_capacity'] },
      },
    },
    aws_appautoscaling_target: {
      reads: {
        service_namespace: 'dynamodb',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own.
        resource_id: 'table/${aws_dynamodb_table.scaled.name}',
        scalable_dimension: 'dynamodb:table:ReadCapacityUnits',
        min_capacity: 1,
        max_capacity: 2,
        tags: { Owner: 'test' },
      },
    },
  },
  'DynamoDB OnDemandThroughput': {
    aws_dynamodb_table: {
      limited: {
        name: 'limited',
        billing_mode: 'PAY_PER_REQUEST',
        hash_key: 'pk',
        attribute: [
          { name: 'pk', type: 'S' },
          { name: 'sk', type: 'S' },
        ],
        on_demand_throughput: { max_read_request_units: 10, max_write_request_units: 10 },
        global_secondary_index: {
          name: 'by-sk',
          hash_key: 'sk',
          projection_type: 'ALL',
          on_demand_throughput: { max_read_request_units: 5, max_write_request_units: 5 },
        },
      },
    },
  },
  'SQS RedriveAllowPolicy, and a policy beside it': {
    aws_sqs_queue: {
      dead: { name: 'dead', tags: { Owner: 'test' } },
      live: {
        name: 'live',
        redrive_policy: JSON.stringify({
          deadLetterTargetArn: 'arn:aws:sqs:us-east-1:111122223333:dead',
          maxReceiveCount: 3,
        }),
        depends_on: ['aws_sqs_queue.dead'],
      },
    },
    aws_sqs_queue_policy: {
      dead: {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own.
        queue_url: '${aws_sqs_queue.dead.id}',
        policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: '*' }],
        }),
      },
    },
    aws_sqs_queue_redrive_allow_policy: {
      dead: {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own.
        queue_url: '${aws_sqs_queue.dead.id}',
        redrive_allow_policy: JSON.stringify({
          redrivePermission: 'byQueue',
          sourceQueueArns: ['arn:aws:sqs:us-east-1:111122223333:live'],
        }),
      },
    },
  },
  'S3 PutBucketLifecycleConfiguration with all that it takes': {
    aws_s3_bucket: { tiers: { bucket: 'tiers' } },
    aws_s3_bucket_lifecycle_configuration: {
      tiers: {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own.
        bucket: '${aws_s3_bucket.tiers.id}',
        rule: [
          {
            id: 'originals',
            status: 'Enabled',
            filter: { and: { prefix: 'originals/', object_size_greater_than: 131072 } },
            transition: [
              { days: 30, storage_class: 'STANDARD_IA' },
              { days: 90, storage_class: 'GLACIER_IR' },
            ],
            noncurrent_version_expiration: { noncurrent_days: 30, newer_noncurrent_versions: 1 },
          },
        ],
      },
    },
  },
};
