import { shareByHour, workerMessages } from '../model/compute/tasks-needed.ts';
import type { Traffic } from '../model/traffic.ts';
import { sum, type Workload } from '../workloads/workload.ts';

/** Messages that workers get, all of them and by kind. */
export interface MessageLoad {
  messagesPerSecond: number;
  /** The share of each kind, 0 to 1, and the seconds of a vCPU that a message takes. */
  kinds: readonly { share: number; vcpuSeconds: number }[];
}

const SECONDS_AN_HOUR = 3600;

/** The messages of the busiest hour of a day, as the cost model counts them: of uploads, and of renditions that are made later or again. */
export function busiestHour(traffic: Traffic, workload: Workload): MessageLoad {
  const messages = workerMessages(traffic, workload);
  const total = sum(messages.map(({ count }) => count));
  const busiest = Math.max(...shareByHour(workload)) / SECONDS_AN_HOUR;
  return {
    messagesPerSecond: total * busiest,
    kinds: messages
      .filter(({ count }) => count > 0)
      .map(({ count, vcpuSeconds }) => ({ share: count / total, vcpuSeconds })),
  };
}

/** The seconds of a vCPU that a message takes on average; 0 without messages. */
export const meanVcpuSeconds = ({ kinds }: Pick<MessageLoad, 'kinds'>): number =>
  sum(kinds.map(({ share, vcpuSeconds }) => share * vcpuSeconds));
