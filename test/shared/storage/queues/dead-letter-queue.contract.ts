import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import {
  countDeadLetters,
  type DeadLetterQueue,
  deleteDeadLetters,
  peekDeadLetters,
  receiveDeadLetters,
  releaseDeadLetters,
} from '../../../../shared/storage/queues/dead-letter-queue.ts';
import { rejectionOf } from '../../../support/rejection.ts';
import type { OpenedQueue } from '../../../support/storage/emulators.ts';

/** What the dead-letter queue keeps to on any SQS endpoint. `open` is called once; every test leaves the queue empty. */
export function describeDeadLetterQueue(label: string, open: () => Promise<OpenedQueue>): void {
  describe(`dead-letter queue: ${label}`, function () {
    this.timeout(30_000);
    let opened: OpenedQueue;
    let queue: DeadLetterQueue;

    before(async () => {
      opened = await open();
      queue = { sqs: opened.queue.sqs, queueUrl: opened.deadLetterQueueUrl };
    });
    after(() => opened?.close());
    afterEach(async () => deleteDeadLetters(queue, await receiveDeadLetters(queue, 1000)));

    async function send(count: number): Promise<string[]> {
      const bodies = Array.from({ length: count }, (_, index) => `letter ${index}`);
      for (const MessageBody of bodies) {
        await queue.sqs.send(new SendMessageCommand({ QueueUrl: queue.queueUrl, MessageBody }));
      }
      return bodies;
    }

    it('shows all of more messages than one request brings, whatever is in them, and hides none afterwards', async () => {
      const bodies = await send(23);
      const letters = await peekDeadLetters(queue, 100);
      expect(letters.map(({ body }) => body)).to.have.members(bodies);
      expect(await countDeadLetters(queue)).to.deep.equal({ waiting: 23, held: 0 });
      const again = await peekDeadLetters(queue, 100);
      expect(again.map(({ messageId }) => messageId)).to.have.members(letters.map(({ messageId }) => messageId));
    });

    it('says when a message was sent and how often it was received', async () => {
      const before = Date.now();
      await send(1);
      await peekDeadLetters(queue, 1);
      const [letter] = await peekDeadLetters(queue, 1);
      expect(letter?.receiveCount).to.equal(2);
      expect(Date.parse(letter?.sentAt ?? '')).to.be.within(before - 1000, Date.now() + 1000);
    });

    it('shows no more than it is asked for', async () => {
      await send(13);
      expect(await peekDeadLetters(queue, 12)).to.have.lengthOf(12);
      expect(await peekDeadLetters(queue, 3)).to.have.lengthOf(3);
    });

    it('shows nothing of an empty queue', async () => {
      expect(await peekDeadLetters(queue, 10)).to.deep.equal([]);
      expect(await countDeadLetters(queue)).to.deep.equal({ waiting: 0, held: 0 });
    });

    it('holds what was received until it is released or deleted', async () => {
      await send(12);
      const letters = await receiveDeadLetters(queue, 12);
      expect(await countDeadLetters(queue)).to.deep.equal({ waiting: 0, held: 12 });
      expect(await receiveDeadLetters(queue, 1)).to.deep.equal([]);
      await deleteDeadLetters(queue, letters.slice(0, 11));
      await releaseDeadLetters(queue, letters.slice(11));
      const rest = await peekDeadLetters(queue, 12);
      expect(rest.map(({ body }) => body)).to.deep.equal([letters[11]?.body]);
    });

    it('leaves out messages that are already known', async () => {
      await send(2);
      const [known] = await peekDeadLetters(queue, 1);
      const rest = await receiveDeadLetters(queue, 10, new Set([known?.messageId ?? '']));
      expect(rest.map(({ messageId }) => messageId)).to.not.include(known?.messageId);
      await releaseDeadLetters(queue, rest);
      expect(await countDeadLetters(queue)).to.deep.equal({ waiting: 2, held: 0 });
    });

    it('deletes a message twice without complaint', async () => {
      await send(1);
      const letters = await receiveDeadLetters(queue, 1);
      await deleteDeadLetters(queue, letters);
      await deleteDeadLetters(queue, letters);
      expect(await countDeadLetters(queue)).to.deep.equal({ waiting: 0, held: 0 });
    });

    it('rejects if there is no such queue', async () => {
      await rejectionOf(peekDeadLetters({ ...queue, queueUrl: `${queue.queueUrl}-none` }, 1));
    });
  });
}
