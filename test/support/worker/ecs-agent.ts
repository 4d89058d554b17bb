/** A request to the ECS agent. */
export interface Asked {
  method: string | undefined;
  url: string | undefined;
  body: { ProtectionEnabled: boolean; ExpiresInMinutes?: number };
}

export interface Answer {
  status: number;
  body: string;
}

const TASK = 'arn:aws:ecs:eu-central-1:123456789012:task/images/0123';

export const agrees = ({ body }: Asked): Answer => ({
  status: 200,
  body: JSON.stringify({ protection: { ProtectionEnabled: body.ProtectionEnabled, TaskArn: TASK } }),
});
export const says = (status: number, body: object | string) => (): Answer => ({
  status,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

/** The errors of an agent, in the format of amazon-ecs-agent, ecs-agent/tmds/handlers/taskprotection/v1. */
export const REFUSALS: [reason: string, answer: () => Answer][] = [
  ['200: DEPLOYMENT_BLOCKED', says(200, { failure: { Arn: TASK, Reason: 'DEPLOYMENT_BLOCKED' } })],
  ['200: no word on protection', says(200, { protection: { ProtectionEnabled: false, TaskArn: TASK } })],
  [
    '400: ThrottlingException',
    says(400, { error: { Arn: TASK, Code: 'ThrottlingException', Message: 'Rate exceeded' } }),
  ],
  [
    '403: AccessDeniedException',
    says(403, { requestID: '1', error: { Code: 'AccessDeniedException', Message: 'no role' } }),
  ],
  ['404: no word on protection', says(404, '404 page not found')],
  ['429: no word on protection', says(429, 'You have reached maximum request limit.')],
  ['504: RequestCanceled', says(504, { error: { Code: 'RequestCanceled', Message: 'Timed out calling ECS' } })],
  ['200: no word on protection', says(200, 'null')],
];
