import { resourcesOf, type SynthesisedEnvironment, textsIn } from '../target-stack/synthesised-environment.ts';
import { type Check, type Finding, missing, note, orWell } from './finding.ts';

/** Account ids that AWS's documentation uses and nobody has. */
export const DOCUMENTED_ACCOUNTS = ['111122223333', '123456789012', '444455556666'];

/** Reserved domain names: https://www.rfc-editor.org/rfc/rfc2606 */
const RESERVED_NAME = /[\w.+-]*@?(?:[\w-]+\.)*example\.(?:com|net|org)\b/g;

const NIL_CERTIFICATE = /arn:aws:acm:\S+:certificate\/00000000-0000-[\w-]+/g;

/** The owner "example" in the subject of a GitHub token, with an id or without. */
const EXAMPLE_REPOSITORY = /repo:example(?:@\d+)?\//;

const found = (texts: string[], pattern: RegExp): string[] => [
  ...new Set(texts.flatMap((text) => text.match(pattern) ?? [])),
];

function placeholdersIn({ accountId, environment, platform, storage, bootstrap }: SynthesisedEnvironment): Finding[] {
  const texts = [platform, storage].flatMap(textsIn);
  const file = `stacks/environments/${environment}.ts`;
  const names = found(texts, RESERVED_NAME);
  const certificates = found(texts, NIL_CERTIFICATE);
  const repository = textsIn(bootstrap?.stack).some((text) => EXAMPLE_REPOSITORY.test(text));
  const account = 'stacks/environments/account.ts';
  return [
    ...(DOCUMENTED_ACCOUNTS.includes(accountId)
      ? [
          missing(
            `The account is ${accountId}, an example from AWS's documentation.`,
            `put your own as ACCOUNT_ID into ${account}`,
          ),
        ]
      : []),
    ...(repository
      ? [missing('The GitHub repository belongs to "example".', `put your own as github into ${account}`)]
      : []),
    ...(names.length > 0
      ? [missing(`Nobody can have the names ${names.join(', ')}.`, `put your own into ${file}`)]
      : []),
    ...certificates.map((arn) =>
      missing(`${arn} is a placeholder.`, `request a certificate from ACM, and put its ARN into ${file}`),
    ),
  ];
}

const mails = ({ platform, environment }: SynthesisedEnvironment): Finding[] =>
  resourcesOf(platform, 'aws_sns_topic_subscription').length > 0
    ? []
    : [
        note(
          'Nobody gets the alarms by mail.',
          `add an address to observability.alarmEmails in stacks/environments/${environment}.ts`,
        ),
      ];

export const placeholders: Check = {
  id: 'placeholders',
  asksAws: false,
  look: async (checked) =>
    orWell([...placeholdersIn(checked), ...mails(checked)], 'The settings have no placeholders.'),
};
