import { expect } from 'chai';
import { certificates } from '../../../scripts/doctor/certificates.ts';
import type { SynthesisedEnvironment } from '../../../scripts/target-stack/synthesised-environment.ts';
import { madeUpEnvironment, saidOf } from '../../support/stacks/made-up-environment.ts';

const REGIONAL = 'arn:aws:acm:us-east-1:210987654321:certificate/1';
const DAY_MS = 86_400_000;

const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

describe('npm run doctor, about certificates,', () => {
  const environmentWith = (arn: string, certificate: object | ['ResourceNotFoundException', string]) =>
    madeUpEnvironment({
      platform: {
        aws_lb_listener: { one: { certificate_arn: arn } },
        aws_cloudfront_distribution: { one: { origin: [{ domain_name: 'img.acme.dev' }], aliases: [] } },
      },
      answers: {
        'acm describe-certificate': Array.isArray(certificate) ? certificate : { Certificate: certificate },
      },
    });
  const issued = { Status: 'ISSUED', DomainName: '*.acme.dev', NotAfter: inDays(200) };
  const CASES: [title: string, checked: SynthesisedEnvironment, says: RegExp][] = [
    [
      'accepts an issued certificate with a wildcard',
      environmentWith(REGIONAL, issued),
      /^well: The certificate of the load balancer/,
    ],
    [
      'accepts an expiry time in seconds, as version 1 of the CLI prints it',
      environmentWith(REGIONAL, { ...issued, NotAfter: 4_102_444_800 }),
      /^well: .*until 2100-01-01\./,
    ],
    [
      'reports a certificate that is waiting for its DNS record',
      environmentWith(REGIONAL, { ...issued, Status: 'PENDING_VALIDATION' }),
      /^missing: .*is waiting for a DNS record/,
    ],
    [
      'reports a failed certificate',
      environmentWith(REGIONAL, { ...issued, Status: 'FAILED' }),
      /^missing: .*is FAILED/,
    ],
    [
      'does not accept a wildcard for more than one label',
      environmentWith(REGIONAL, { ...issued, DomainName: '*.dev' }),
      /^missing: .*not for img\.acme\.dev/,
    ],
    [
      'reports a certificate that was not renewed',
      environmentWith(REGIONAL, { ...issued, NotAfter: inDays(10) }),
      /^missing: .*expires in/,
    ],
    [
      'reports a certificate in another region',
      environmentWith(REGIONAL.replace('us-east', 'eu-west'), issued),
      /^missing: .*must be in account/,
    ],
    [
      'reports a certificate that does not exist',
      environmentWith(REGIONAL, ['ResourceNotFoundException', 'DescribeCertificate']),
      /^missing: There is no certificate/,
    ],
  ];
  for (const [title, patient, says] of CASES)
    it(title, async () => expect((await saidOf(certificates, patient)).join()).to.match(says));
});
