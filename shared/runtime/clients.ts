import type { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { MetadataService } from '@aws-sdk/ec2-metadata-service';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Environment } from '../contracts/environment.ts';
import { ImageServiceError } from '../domain/errors.ts';
import { countRequestsOf } from './aws-requests.ts';

type ClientSettings<E extends keyof Environment> = Pick<Environment, 'AWS_REGION'> & {
  [Name in E]?: Environment[Name] | undefined;
};

/** Milliseconds. A dependency that does not accept a connection in two seconds is down; the SDK tries three times. */
const connectionTimeout = 2_000;

const at = (region: string, endpoint: string | undefined) => ({ region, ...(endpoint && { endpoint }) });

export function createDocumentClient(config: ClientSettings<'AWS_ENDPOINT_URL_DYNAMODB'>): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    ...at(config.AWS_REGION, config.AWS_ENDPOINT_URL_DYNAMODB),
    requestHandler: { connectionTimeout, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
  client.middlewareStack.add(rethrowAsUnavailable('DynamoDB'), { step: 'initialize' });
  countRequestsOf(client);
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

export function createSqsClient(config: ClientSettings<'AWS_ENDPOINT_URL_SQS'>): SQSClient {
  const client = new SQSClient({
    ...at(config.AWS_REGION, config.AWS_ENDPOINT_URL_SQS),
    // Above the 20 s of a long poll.
    requestHandler: { connectionTimeout, requestTimeout: 30_000, throwOnRequestTimeout: true },
  });
  client.middlewareStack.add(rethrowAsUnavailable('SQS'), { step: 'initialize' });
  countRequestsOf(client);
  return client;
}

/** Loads the SDK's part for S3 only where it is used: a store of files starts without it. */
export async function createS3Client(config: ClientSettings<'AWS_ENDPOINT_URL_S3'>): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  const maxSockets = Number.POSITIVE_INFINITY;
  const client = new S3Client({
    ...at(config.AWS_REGION, config.AWS_ENDPOINT_URL_S3),
    forcePathStyle: config.AWS_ENDPOINT_URL_S3 !== undefined,
    // Where a request names a checksum. The SDK's own choice of CRC-32 for everything would sign that of an empty body into part URLs.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    // Each download keeps its connection for as long as its client reads. With a limit, that many slow readers would stop all others; so
    // there may be as many as clients' connections, each of which has one answer at a time, within the process's file descriptors.
    requestHandler: { connectionTimeout, httpAgent: { maxSockets }, httpsAgent: { maxSockets } },
  });
  client.middlewareStack.add(rethrowAsUnavailable('S3'), { step: 'initialize' });
  countRequestsOf(client);
  return client;
}

/** Loads the SDK's part for CloudFront, which only deployments with a CDN need. */
export async function createCloudFrontClient(
  config: ClientSettings<'AWS_ENDPOINT_URL_CLOUDFRONT'>,
): Promise<CloudFrontClient> {
  const { CloudFrontClient } = await import('@aws-sdk/client-cloudfront');
  const client = new CloudFrontClient({
    ...at(config.AWS_REGION, config.AWS_ENDPOINT_URL_CLOUDFRONT),
    requestHandler: { connectionTimeout, requestTimeout: 10_000, throwOnRequestTimeout: true },
  });
  client.middlewareStack.add(rethrowAsUnavailable('CloudFront'), { step: 'initialize' });
  return client;
}

/** Loads the SDK's part for the logs of CloudWatch, where the audit trail is kept on AWS. */
export async function createLogsClient(
  config: ClientSettings<'AWS_ENDPOINT_URL_CLOUDWATCH_LOGS'>,
): Promise<CloudWatchLogsClient> {
  const { CloudWatchLogsClient } = await import('@aws-sdk/client-cloudwatch-logs');
  const client = new CloudWatchLogsClient({
    ...at(config.AWS_REGION, config.AWS_ENDPOINT_URL_CLOUDWATCH_LOGS),
    requestHandler: { connectionTimeout, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
  client.middlewareStack.add(rethrowAsUnavailable('CloudWatch'), { step: 'initialize' });
  return client;
}

/** The metadata of the EC2 instance on which this runs. */
export interface InstanceMetadata {
  /** The text at a path below `/latest/meta-data`, undefined where there is none. Rejects when the service does not answer. */
  read(path: string): Promise<string | undefined>;
}

export function createMetadataClient(config: Pick<Environment, 'AWS_EC2_METADATA_SERVICE_ENDPOINT'>): InstanceMetadata {
  const options = {
    endpoint: config.AWS_EC2_METADATA_SERVICE_ENDPOINT,
    // Version 2 only. Setting it here, like the endpoint, also keeps the SDK from reading the environment and ~/.aws.
    ec2MetadataV1Disabled: true,
    // The SDK's defaults are no timeout at all and three retries; a caller that polls asks again anyway.
    httpOptions: { timeout: 2_000 },
    retries: 0,
  };
  return {
    async read(path) {
      try {
        // A new service for each request: after one 403, 404 or 405 for a token it never requests another. It adds the slash before the path itself.
        return await new MetadataService(options).request(`latest/meta-data/${path}`, {});
      } catch (error) {
        if ((error as SdkError).$metadata?.httpStatusCode === 404) return undefined;
        throw error;
      }
    },
  };
}

interface SdkError extends Error {
  $metadata?: { httpStatusCode?: number };
  $fault?: 'client' | 'server';
  $retryable?: object;
}

/** The errors for a missing table, queue or bucket: 4xx to the SDK, but callers treat them as a service that does not answer. */
const MISSING = new Set(['ResourceNotFoundException', 'QueueDoesNotExist', 'NoSuchBucket']);

/** The SDK's own errors of the 4xx kind stay as they are; all others, after its retries, mean that the service does not answer. */
const rethrowAsUnavailable =
  (dependency: string) =>
  <Input extends object, Output extends object>(next: (args: { input: Input }) => Promise<Output>) =>
  async (args: { input: Input }): Promise<Output> => {
    try {
      return await next(args);
    } catch (error) {
      const { name, $fault, $metadata, $retryable } = error as SdkError;
      const refused = !MISSING.has(name) && ($fault === 'client' || ($metadata?.httpStatusCode ?? 500) < 500);
      if (error instanceof ImageServiceError || name === 'AbortError' || (refused && !$retryable)) throw error;
      throw new ImageServiceError('service_unavailable', `${dependency} does not answer. Try again.`, { cause: error });
    }
  };
