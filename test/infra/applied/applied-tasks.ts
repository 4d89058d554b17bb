import { expect } from 'chai';
import { type Deployment, namesOf } from '../../../shared/contracts/names.ts';
import type { ServiceName } from '../../../shared/contracts/services.ts';
import { aws } from '../aws-cli.ts';

interface Container {
  name: string;
  /** With its digest: `REPOSITORY@sha256:…`. */
  image: string;
  /** The MiB above which ECS ends the container. */
  memory: number;
  environment: { name: string; value: string }[];
  secrets: { name: string; valueFrom: string }[];
  mountPoints: { containerPath: string; readOnly: boolean }[];
}

export interface Task {
  environment: Record<string, string>;
  container: Container;
  taskRoleArn: string;
}

/** The newest task definition of a service. */
export const readTask = (endpoint: string, deployment: Deployment, service: ServiceName): Promise<Task> =>
  readTaskDefinition(endpoint, namesOf(deployment).service(service));

/** Reads a task definition, and the parameters that its secrets name. */
export async function readTaskDefinition(endpoint: string, family: string): Promise<Task> {
  const command = 'describe-task-definition';
  const { taskDefinition } = await aws(endpoint, 'ecs', command, '--task-definition', family);
  expect(taskDefinition.containerDefinitions, family).to.have.lengthOf(1);
  const [container]: [Container] = taskDefinition.containerDefinitions;
  const variables = container.environment.map(({ name, value }) => [name, value]);
  const secrets = await Promise.all(
    (container.secrets ?? []).map(async ({ name, valueFrom }) => [name, await readSecret(endpoint, valueFrom)]),
  );
  return {
    environment: Object.fromEntries([...variables, ...secrets]),
    container,
    taskRoleArn: taskDefinition.taskRoleArn,
  };
}

async function readSecret(endpoint: string, arn: string): Promise<string> {
  const name = arn.slice(arn.indexOf(':parameter/') + ':parameter'.length);
  const { Parameter } = await aws(endpoint, 'ssm', 'get-parameter', '--with-decryption', '--name', name);
  return Parameter.Value;
}
