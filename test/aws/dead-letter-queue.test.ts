import { describeDeadLetterQueue } from '../shared/storage/dead-letter-queue.contract.ts';
import { openAwsQueue } from '../support/storage/aws-endpoint.ts';

describeDeadLetterQueue('SQS', openAwsQueue);
