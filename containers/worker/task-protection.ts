import { CLOCK, type Clock } from '../../shared/runtime/clock.ts';
import type { Logger } from '../../shared/runtime/logger.ts';

/** Keeps ECS from ending this task by scale-in or deployment while messages are held. An interruption of spot capacity is not kept off. */
export interface TaskProtection {
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
  /** ECS's unit and name; from 1 to 2,880. How long scale-in waits at most for a task whose last call failed. */
  expiresInMinutes: 10,
  /** As long as the agent takes at most to answer: writeTimeout in amazon-ecs-agent, agent/handlers/task_server_setup.go. */
  answerMs: 5_000,
};

/** Protection by the ECS agent at `agentUri`, ECS's own ECS_AGENT_URI; none without it. An agent that refuses is logged, no more. */
export function protectTask(
  agentUri: string | undefined,
  logger: Logger,
  { clock, ...timing }: typeof TIMING & { clock: Clock } = { ...TIMING, clock: CLOCK },
): TaskProtection {
  if (agentUri === undefined) return { hold: () => undefined, release: () => undefined };
  const put = logged(logger, (state) => putState(agentUri, state, timing.answerMs));
  let held = 0;
  /** Whether a message was held at any time of the current period. */
  let wasHeld = false;
  let isGuarding = false;

  async function guard(): Promise<void> {
    isGuarding = true;
    while (wasHeld) {
      await protectWhileHeld();
      await put({ ProtectionEnabled: false });
    }
    isGuarding = false;
  }

  async function protectWhileHeld(): Promise<void> {
    const state = { ProtectionEnabled: true, ExpiresInMinutes: timing.expiresInMinutes };
    for (let renewAt = 0; wasHeld; ) {
      const now = clock.now();
      if (now >= renewAt && (await put(state))) renewAt = now + timing.renewMs;
      wasHeld = held > 0;
      await clock.pause(timing.idleMs);
    }
  }

  return {
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

interface ProtectionState {
  ProtectionEnabled: boolean;
  ExpiresInMinutes?: number;
}

/** One of the three: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html */
interface AgentAnswer {
  protection?: { ProtectionEnabled?: boolean };
  failure?: { Reason?: string };
  error?: { Code?: string };
}

/** Rejects unless the agent says that the task is in this state now; the message is the same for the same reason. */
async function putState(agentUri: string, state: ProtectionState, answerMs: number): Promise<void> {
  const response = await fetch(`${agentUri}/task-protection/v1/state`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(state),
    signal: AbortSignal.timeout(answerMs),
  });
  const text = await response.text();
  const { protection, failure, error } = parseAnswer(text);
  if (response.ok && protection?.ProtectionEnabled === state.ProtectionEnabled) return;
  const reason = failure?.Reason ?? error?.Code ?? 'no word on protection';
  throw Object.assign(new Error(`the ECS agent answers ${response.status}: ${reason}`), { answer: text });
}

function parseAnswer(text: string): AgentAnswer {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Says whether a call succeeded, and logs when that or the reason changes. */
function logged(logger: Logger, call: (state: ProtectionState) => Promise<void>) {
  let trouble: string | undefined;
  return async (state: ProtectionState): Promise<boolean> => {
    try {
      await call(state);
      if (trouble) logger.info('task protection works again');
      trouble = undefined;
    } catch (err) {
      const { message } = err as Error;
      if (message !== trouble) logger.warn({ err }, 'task is not protected from scale-in');
      trouble = message;
    }
    return trouble === undefined;
  };
}
