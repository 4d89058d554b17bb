import { describeProcessingQueue } from '../shared/storage/processing-queue.contract.ts';
import { openAwsQueue } from '../support/storage/aws-endpoint.ts';

describeProcessingQueue('SQS', openAwsQueue);
