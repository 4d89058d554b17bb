import { addAbortListener } from 'node:events';
import type { RenderJob } from './pipeline/render.ts';
import { openSlot, type ProcessSlot, type RenderOptions, type SlotSettings } from './process-slot.ts';

export interface ImageProcesses {
  /**
   * Has a process do a job, when one is free. Rejects with `processing_crashed`, `processing_timeout` or `processing_memory` when the
   * process died over it, with the signal's reason when that is aborted, and with an error that passes when no process could begin it;
   * no other job is touched by it.
   */
  render(job: RenderJob, options: RenderOptions): Promise<{ peakMemoryBytes: number }>;
  /** Ends all of them, whatever they do. What they do, and what waits for them, ends with an error that passes. */
  stop(): Promise<void>;
}

interface Settings extends SlotSettings {
  /** How many images are worked on at once. */
  processes: number;
}

/** Starts processes, and others in the place of those that die. */
export function openImageProcesses({ processes, ...settings }: Settings): ImageProcesses {
  const slots = Array.from({ length: processes }, () => openSlot(settings));
  const free = [...slots];
  const waiting = new Set<(slot: ProcessSlot) => void>();

  async function take(signal: AbortSignal): Promise<ProcessSlot> {
    signal.throwIfAborted();
    const slot = free.pop();
    if (slot) return slot;
    const { promise, resolve, reject } = Promise.withResolvers<ProcessSlot>();
    waiting.add(resolve);
    using _ = addAbortListener(signal, () => {
      waiting.delete(resolve);
      reject(signal.reason);
    });
    return await promise;
  }

  function giveBack(slot: ProcessSlot): void {
    const [first] = waiting;
    if (!first) free.push(slot);
    else {
      waiting.delete(first);
      first(slot);
    }
  }

  return {
    async render(job, options) {
      const slot = await take(options.signal);
      try {
        return await slot.render(job, options);
      } finally {
        giveBack(slot);
      }
    },
    async stop() {
      await Promise.all(slots.map((slot) => slot.stop()));
    },
  };
}
