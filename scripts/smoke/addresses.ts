import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError, WrongUse } from '../command-line.ts';
import { terraformJson } from '../deploy/terraform.ts';
import { readEnvironment } from '../target-stack/synthesised-environment.ts';

/** Where clients reach an environment. */
export interface Addresses {
  api: string;
  /** Undefined where there is no CDN. */
  cdn?: string | undefined;
  /** The key with which URLs of a CDN that demands it are signed. */
  signingKeyId?: string | undefined;
}

interface Given {
  api?: string | undefined;
  cdn?: string | undefined;
  outputs?: string | undefined;
  stacks: string;
}

/** The addresses from the command line, else from a file with Terraform's outputs, else from Terraform itself. */
export async function findAddresses(environment: string, given: Given): Promise<Addresses> {
  for (const name of ['api', 'cdn'] as const) checkUrl(name, given[name]);
  if (given.api) return { api: given.api, cdn: given.cdn };
  const outputs = given.outputs ? await readOutputs(given.outputs) : await askTerraform(environment, given.stacks);
  const text = (name: string) => (typeof outputs[name] === 'string' ? outputs[name] : undefined);
  const api = text('api-url');
  if (!api) throw new CommandError('The outputs have no api-url. Deploy the platform again, or give --api URL.');
  const keyIds = outputs['signed-url-key-ids'];
  return {
    api,
    cdn: given.cdn ?? text('cdn-url'),
    signingKeyId: Array.isArray(keyIds) ? String(keyIds[0]) : undefined,
  };
}

function checkUrl(name: string, value: string | undefined): void {
  const protocol = value === undefined ? 'https:' : URL.parse(value)?.protocol;
  if (!/^https?:$/.test(protocol ?? ''))
    throw new WrongUse(`--${name} takes an http or https URL, not ${value || 'nothing'}.`);
}

async function readOutputs(path: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new CommandError(
      `${path} is no file that npm run deploy -- … --outputs has written: ${(error as Error).message}`,
    );
  }
}

async function askTerraform(environment: string, stacks: string): Promise<Record<string, unknown>> {
  await readEnvironment(stacks, environment);
  const folder = join(stacks, `platform-${environment}`);
  const printed = await terraformJson(folder, ['output', '-json', '-no-color']).catch((error: Error) => {
    throw new CommandError(
      `Give --outputs FILE of npm run deploy, or --api URL, because terraform cannot read the outputs of ${folder}: ${reasonOf(error)}`,
    );
  });
  const all: Record<string, { value: unknown }> = JSON.parse(printed);
  return Object.fromEntries(Object.entries(all).map(([name, { value }]) => [name, value]));
}

/** Terraform's own first sentence, which its advice follows, or why it was not started. */
const reasonOf = ({ message }: Error): string => /^Error: (.+)$/m.exec(message)?.[1] ?? message;
