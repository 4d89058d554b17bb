import { decodeMessage, type ProcessingMessage } from '../../shared/contracts/queue-message.ts';
import type { DeadLetter } from '../../shared/storage/queues/dead-letter-queue.ts';

/** A dead letter that asks for renditions. */
export interface OwnLetter {
  letter: DeadLetter;
  message: ProcessingMessage;
}

/** One that the workers can make nothing of. */
export interface ForeignLetter {
  letter: DeadLetter;
  reason: string;
}

/** Tells messages of ours from others. */
export function sortLetters(letters: DeadLetter[]): { own: OwnLetter[]; foreign: ForeignLetter[] } {
  const own: OwnLetter[] = [];
  const foreign: ForeignLetter[] = [];
  for (const letter of letters) {
    try {
      own.push({ letter, message: decodeMessage(letter.body) });
    } catch (error) {
      foreign.push({ letter, reason: reasonOf(error) });
    }
  }
  return { own, foreign };
}

/** joi's sentence on the first field that is wrong, without its picture of the whole. */
function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'It is not JSON.';
  const [first] = (error as { details?: { message: string }[] }).details ?? [];
  return `It is not a message of this service: ${first?.message ?? (error as Error).message}.`;
}
