import { expect } from 'chai';
import { certificates } from '../../../scripts/doctor/certificates.ts';
import type { Site } from '../../../scripts/doctor/site.ts';
import { madeUpSite, saidOf } from '../../support/stacks/made-up-site.ts';

const REGIONAL = 'arn:aws:acm:us-east-1:210987654321:certificate/1';
const DAY_MS = 86_400_000;

const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

describe('npm run doctor looks at certificates and', () => {
  const site = (arn: string, certificate: object | ['ResourceNotFoundException', string]) =>
    madeUpSite({
      platform: {
        aws_lb_listener: { one: { certificate_arn: arn } },
        aws_cloudfront_distribution: { one: { origin: [{ domain_name: 'img.acme.dev' }], aliases: [] } },
      },
      answers: {
        'acm describe-certificate': Array.isArray(certificate) ? certificate : { Certificate: certificate },
      },
    });
  const issued = { Status: 'ISSUED', DomainName: '*.acme.dev', NotAfter: inDays(200) };
  const CASES: [title: string, site: Site, says: RegExp][] = [
    ['takes one that is issued for a wildcard', site(REGIONAL, issued), /^well: That of the load balancer/],
    [
      'takes the end of one in seconds, as version 1 of the CLI has it',
      site(REGIONAL, { ...issued, NotAfter: 4_102_444_800 }),
      /^well: .*until 2100-01-01\./,
    ],
    [
      'says that one waits for its DNS record',
      site(REGIONAL, { ...issued, Status: 'PENDING_VALIDATION' }),
      /^missing: .*waits for a DNS record/,
    ],
    ['says that one has failed', site(REGIONAL, { ...issued, Status: 'FAILED' }), /^missing: .*is FAILED/],
    [
      'says that a wildcard is for one label only',
      site(REGIONAL, { ...issued, DomainName: '*.dev' }),
      /^missing: .*not for img\.acme\.dev/,
    ],
    ['says that one was not renewed', site(REGIONAL, { ...issued, NotAfter: inDays(10) }), /^missing: .*ends in/],
    [
      'says that one is in another region',
      site(REGIONAL.replace('us-east', 'eu-west'), issued),
      /^missing: .*must be of/,
    ],
    [
      'says that there is none',
      site(REGIONAL, ['ResourceNotFoundException', 'DescribeCertificate']),
      /^missing: There is no certificate/,
    ],
  ];
  for (const [title, patient, says] of CASES)
    it(title, async () => expect((await saidOf(certificates, patient)).join()).to.match(says));
});
