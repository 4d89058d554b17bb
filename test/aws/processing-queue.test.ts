import { describeProcessingQueue } from '../shared/storage/processing-queue.contract.ts';
import { openAwsQueue } from '../support/aws-endpoint.ts';

describeProcessingQueue('SQS', openAwsQueue);
