import type { Delivery, MessageHandler } from '../../../containers/worker/consumers.ts';
import { eventually } from '../eventually.ts';

/** Work on messages that lasts until the test releases it, or until its message is lost. */
export function holdWork() {
  const deliveries: Delivery[] = [];
  const gate = Promise.withResolvers<void>();
  const process: MessageHandler = async (delivery) => {
    deliveries.push(delivery);
    const lost = new Promise<never>((_, reject) => {
      delivery.lost.addEventListener('abort', () => reject(new Error('lost')));
    });
    await Promise.race([gate.promise, lost]);
  };
  const held = (count: number) => eventually(`${count} messages are in hand`, () => deliveries.length >= count);
  return { deliveries, process, held, letGo: gate.resolve };
}
