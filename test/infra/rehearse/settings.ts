import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One replacement in a file of the project. */
export interface Edit {
  file: string;
  from: string;
  to: string;
}

/** The account that is rehearsed in, of nobody's documentation. */
export const ACCOUNT_ID = '210987654321';

export const ENVIRONMENT = 'staging';

/** The name of the load balancer's certificate. */
export const DOMAIN_NAME = 'images.staging.acme.dev';

const ACCOUNT = 'stacks/environments/account.ts';
const STAGING = 'stacks/environments/staging.ts';
const DEV = 'stacks/environments/dev.ts';

/** What a reader fills in before the first deployment of staging. It has a CDN, as prod has, and takes half the time. */
export const settingsFor = (certificateArn: string): Edit[] => [
  { file: ACCOUNT, from: 'ACCOUNT_ID: string = EXAMPLE_ACCOUNT_ID', to: `ACCOUNT_ID: string = '${ACCOUNT_ID}'` },
  { file: ACCOUNT, from: "Owner: 'example-team', CostCenter: 'example'", to: "Owner: 'images', CostCenter: 'one'" },
  { file: ACCOUNT, from: "owner: 'example'", to: "owner: 'acme'" },
  { file: ACCOUNT, from: 'image-team@example.com', to: 'image-team@acme.dev' },
  { file: DEV, from: 'accountId: ACCOUNT_ID', to: 'accountId: EXAMPLE_ACCOUNT_ID' },
  { file: DEV, from: 'import { ACCOUNT_ID,', to: 'import { EXAMPLE_ACCOUNT_ID,' },
  { file: STAGING, from: 'accountId: EXAMPLE_ACCOUNT_ID', to: 'accountId: ACCOUNT_ID' },
  { file: STAGING, from: 'import { EXAMPLE_ACCOUNT_ID,', to: 'import { ACCOUNT_ID,' },
  {
    file: STAGING,
    from: `\`arn:aws:acm:\${REGION}:\${EXAMPLE_ACCOUNT_ID}:certificate/00000000-0000-4000-8000-000000000001\``,
    to: `'${certificateArn}'`,
  },
  { file: STAGING, from: 'images.staging.example.com', to: DOMAIN_NAME },
  { file: STAGING, from: 'https://app.staging.example.com', to: 'https://app.staging.acme.dev' },
  { file: STAGING, from: 'image-team@example.com', to: 'image-team@acme.dev' },
];

/** Edits files below a folder. Throws where a file no longer has what is to be replaced, or has it twice. */
export async function edit(folder: string, edits: readonly Edit[]): Promise<void> {
  for (const { file, from, to } of edits) {
    const path = join(folder, file);
    const text = await readFile(path, 'utf8');
    if (text.split(from).length !== 2) throw new Error(`${file} does not have this once: ${from}`);
    await writeFile(
      path,
      text.replace(from, () => to),
    );
  }
}
