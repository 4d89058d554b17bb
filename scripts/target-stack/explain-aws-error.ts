import { IMAGE_TABLE } from '../../shared/contracts/table.ts';
import { ImageServiceError } from '../../shared/domain/errors.ts';
import { CommandError, explainError } from '../command-line.ts';

/** As the AWS SDK throws it. */
interface SdkError extends Error {
  code?: string;
  $metadata?: object;
}

/** What each of these of the SDK's errors means here. */
const SENTENCES: Record<string, string> = {
  NoSuchBucket: 'There is no such bucket: check OBJECT_STORE_URL and AWS_REGION',
  ResourceNotFoundException: 'There is no such table: check IMAGE_TABLE_NAME and AWS_REGION',
  QueueDoesNotExist: 'There is no such queue: check PROCESSING_QUEUE_URL, DEAD_LETTER_QUEUE_URL and AWS_REGION',
  CredentialsProviderError:
    'There are no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
};

/** One sentence for what somebody can do something about, the trace for what nobody foresaw. */
export function explainAwsError(error: unknown): string {
  const { message, $metadata } = error as SdkError;
  if (error instanceof CommandError) return message;
  const cause = (error instanceof ImageServiceError ? (error.cause ?? error) : error) as SdkError;
  const sentence = SENTENCES[cause.name];
  if (sentence) return `${sentence}.`;
  if (/specified index/.test(cause.message)) {
    return `The table has no index ${IMAGE_TABLE.failureIndex.name}, it is of an earlier version: deploy its stack, or start npm start again.`;
  }
  if (error instanceof ImageServiceError) return `${message.replace(/\.$/, '')} (${cause.code ?? cause.message}).`;
  return $metadata ? `${cause.name}: ${message.replace(/\.$/, '')}.` : explainError(error);
}
