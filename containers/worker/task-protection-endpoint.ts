import type { Logger } from '../../shared/runtime/logger.ts';

export interface ProtectionState {
  ProtectionEnabled: boolean;
  ExpiresInMinutes?: number;
}

/** An answer has one of the three: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html */
interface AgentAnswer {
  protection?: { ProtectionEnabled?: boolean };
  failure?: { Reason?: string };
  error?: { Code?: string };
}

/** Rejects unless the agent confirms that the task is in this state now. The same reason gives the same error message. */
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

/** Sets the protection of the task at the ECS agent. The returned function resolves with whether the agent agreed, and logs when that or the reason changes. */
export const protectionEndpoint = (agentUri: string, logger: Logger, answerMs: number) =>
  logChanges(logger, (state) => putState(agentUri, state, answerMs));

/** Resolves with whether a call succeeded, and logs when that or the reason changes. */
function logChanges(logger: Logger, call: (state: ProtectionState) => Promise<void>) {
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
