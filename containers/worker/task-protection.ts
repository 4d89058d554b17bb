import { QUEUE_TIMING } from '../../shared/contracts/queue-timing.ts';
import { CLOCK, type Clock } from '../../shared/runtime/clock.ts';
import type { Logger } from '../../shared/runtime/logger.ts';
import { protectionEndpoint } from './task-protection-endpoint.ts';

/**
 * Keeps ECS from ending this task by scale-in or deployment while messages are held. An interruption of spot capacity is not kept off.
 * ECS ends no protected task, whatever it is replaced by, until it is released or its protection has expired
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html), and a busy worker would renew it for ever.
 */
export interface TaskProtection {
  /** For each that receives one message after the other. */
  receiver(): Receiver;
}

interface Receiver {
  /**
   * To be waited for before each receive, when nothing is held any more. Waits while a busy task lets go, to be ended if it is to be; no
   * longer than until the signal aborts.
   */
  admission(stopping: AbortSignal): Promise<void>;
  /** To be called when a message has been received. Does not wait: a task that is ended before it is protected drains as any other. */
  hold(): void;
  /** To be called when SQS has the message back or has deleted it. */
  release(): void;
}

/**
 * A call goes on to UpdateTaskProtection, whose rate is limited for the whole account and region (AmazonECS/latest/APIReference/
 * request-throttling.html). A busy worker calls every `renewMs`, an idle one not at all, one between the two twice in two periods.
 */
const TIMING = {
  /** Protection ends once no message was held for a whole period; a call that failed is repeated in the next. */
  idleMs: 15_000,
  /** Half of the time for which it is asked. */
  renewMs: 5 * 60_000,
  /** Once so long without a pause, the task lets go; each worker a quarter sooner or later, so that not all of them pause together. */
  letGoEveryMs: QUEUE_TIMING.unprotectEverySeconds * 1000,
  /** How long it is unprotected then. */
  letGoMs: QUEUE_TIMING.unprotectedSeconds * 1000,
  /** How long it waits for the messages in hand before. A message that takes longer is released if the task is ended. */
  letGoDrainMs: QUEUE_TIMING.messageTimeoutSeconds * 1000,
  /** ECS's unit and name; from 1 to 2,880. How long scale-in waits at most for a task whose last call failed. */
  expiresInMinutes: 10,
  /** The agent answers within this time: writeTimeout in amazon-ecs-agent, agent/handlers/task_server_setup.go. */
  answerMs: 5_000,
};

interface Chance {
  clock: Clock;
  /** A random number from 0 to 1. */
  random(): number;
}

const UNPROTECTED: Receiver = { admission: async () => undefined, hold: () => undefined, release: () => undefined };

/** Protection by the ECS agent at `agentUri`, ECS's own ECS_AGENT_URI; none without it. An agent that refuses is logged, no more. */
export function protectTask(
  agentUri: string | undefined,
  logger: Logger,
  { clock, random, ...timing }: typeof TIMING & Chance = { ...TIMING, clock: CLOCK, random: Math.random },
): TaskProtection {
  if (agentUri === undefined) return { receiver: () => UNPROTECTED };
  const put = protectionEndpoint(agentUri, logger, timing.answerMs);
  let held = 0;
  /** Receivers that hold a message or may get one at any moment. */
  let admitted = 0;
  /** Whether a message was held at any time of the current period. */
  let wasHeld = false;
  let isGuarding = false;
  /** Closed while the task lets go. */
  let gate: Gate | undefined;

  async function guard(): Promise<void> {
    isGuarding = true;
    while (wasHeld) {
      await protectWhileHeld();
      await put({ ProtectionEnabled: false });
      if (gate) await clock.pause(timing.letGoMs);
      gate?.open();
      gate = undefined;
    }
    isGuarding = false;
  }

  async function protectWhileHeld(): Promise<void> {
    const state = { ProtectionEnabled: true, ExpiresInMinutes: timing.expiresInMinutes };
    const letGoAt = clock.now() + timing.letGoEveryMs * (0.75 + random() / 2);
    for (let renewAt = 0; wasHeld && !gate?.drained.aborted; ) {
      const now = clock.now();
      if (now >= letGoAt + timing.letGoDrainMs) return;
      if (now >= renewAt && (await put(state))) renewAt = now + timing.renewMs;
      if (now >= letGoAt) gate ??= closeGate(admitted);
      wasHeld = held > 0;
      await clock.pause(timing.idleMs, gate?.drained).catch(() => undefined);
    }
  }

  function receiver(): Receiver {
    let isAdmitted = false;
    const admit = (now: boolean): void => {
      admitted += Number(now) - Number(isAdmitted);
      isAdmitted = now;
      if (admitted === 0) gate?.drain();
    };
    return {
      async admission(stopping) {
        admit(false);
        await gate?.opened(stopping);
        admit(true);
      },
      hold() {
        held += 1;
        wasHeld = true;
        if (!isGuarding) void guard();
      },
      release() {
        held -= 1;
      },
    };
  }

  return { receiver };
}

/** The gate at which receivers wait while the task lets go. */
interface Gate {
  open(): void;
  opened(stopping: AbortSignal): Promise<void>;
  /** Aborted once nobody has a message or may get one. */
  drained: AbortSignal;
  drain(): void;
}

function closeGate(admitted: number): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  const drained = new AbortController();
  if (admitted === 0) drained.abort();
  return {
    open: resolve,
    async opened(stopping) {
      const open = () => resolve();
      if (stopping.aborted) open();
      stopping.addEventListener('abort', open);
      await promise;
      stopping.removeEventListener('abort', open);
    },
    drained: drained.signal,
    drain: () => drained.abort(),
  };
}
