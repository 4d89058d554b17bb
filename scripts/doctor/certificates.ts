import { ALARM_DAYS_BEFORE_EXPIRY, EDGE_REGION } from '../../shared/contracts/certificates.ts';
import { isRefusal } from '../target-stack/aws-refusals.ts';
import {
  resourcesOf,
  type Stack,
  type SynthesisedEnvironment,
  type Values,
} from '../target-stack/synthesised-environment.ts';
import { type Check, type Finding, missing, well } from './finding.ts';

const DAY_MS = 86_400_000;

/** Version 1 of the CLI prints a time as seconds since 1970, version 2 as a date. */
const momentOf = (time: number | string): number => (typeof time === 'number' ? time * 1000 : new Date(time).getTime());

interface Wanted {
  of: string;
  arn: string;
  /** The names that the certificate must cover, as far as the stack has them. */
  names: string[];
  region: string;
}

/** The certificates that a platform names. The load balancer's name is the origin of the CDN that fetches from it. */
function wantedOf(platform: Stack, region: string): Wanted[] {
  const distributions = resourcesOf(platform, 'aws_cloudfront_distribution');
  const origins: string[] = distributions.flatMap(({ origin }) => origin.map((each: Values) => each.domain_name));
  const names = origins.filter((name) => !name.startsWith('${'));
  return [
    ...resourcesOf(platform, 'aws_lb_listener').flatMap(({ certificate_arn: arn }) =>
      arn ? [{ of: 'the load balancer', arn, names, region }] : [],
    ),
    ...distributions.flatMap(({ aliases, viewer_certificate }) =>
      viewer_certificate?.acm_certificate_arn
        ? [{ of: 'the CDN', arn: viewer_certificate.acm_certificate_arn, names: aliases, region: EDGE_REGION }]
        : [],
    ),
  ];
}

/** A wildcard covers one label. */
const covers = (subject: string, name: string): boolean =>
  subject === name || (subject.startsWith('*.') && name.slice(name.indexOf('.')) === subject.slice(1));

const asking = ({ names, region }: Wanted, instead = ''): string =>
  `aws acm request-certificate --region ${region} --domain-name ${names[0] ?? 'YOUR_NAME'} --validation-method DNS${instead}`;

const PUT = ' # and put its ARN into the file of the environment';

function wrongWith(wanted: Wanted, certificate: Values): Finding | undefined {
  const { of, arn, names, region } = wanted;
  const { Status, NotAfter, SubjectAlternativeNames = [], DomainName } = certificate;
  const which = `The certificate of ${of}`;
  if (Status === 'PENDING_VALIDATION')
    return missing(
      `${which} is waiting for a DNS record.`,
      `aws acm describe-certificate --region ${region} --certificate-arn ${arn} --query Certificate.DomainValidationOptions[].ResourceRecord # shows the record`,
    );
  if (Status !== 'ISSUED') return missing(`${which} is ${Status}.`, asking(wanted, PUT));
  const subjects: string[] = [DomainName, ...SubjectAlternativeNames];
  const uncovered = names.filter((name) => !subjects.some((subject) => covers(subject, name)));
  if (uncovered.length > 0)
    return missing(
      `${which} is for ${[...new Set(subjects)].join(', ')}, and not for ${uncovered.join(', ')}.`,
      asking({ ...wanted, names: uncovered }, PUT),
    );
  const days = Math.floor((momentOf(NotAfter) - Date.now()) / DAY_MS);
  if (days >= ALARM_DAYS_BEFORE_EXPIRY) return undefined;
  return missing(
    `${which} expires in ${days} days, and ACM has not renewed it.`,
    `see its RenewalSummary: aws acm describe-certificate --region ${region} --certificate-arn ${arn}; an imported certificate must be imported again`,
  );
}

async function judge({ aws, accountId }: SynthesisedEnvironment, wanted: Wanted): Promise<Finding> {
  const { of, arn, region } = wanted;
  const [, , , ownRegion, ownAccount] = arn.split(':');
  if (ownRegion !== region || ownAccount !== accountId)
    return missing(
      `The certificate of ${of} must be in account ${accountId} and region ${region}: ${arn}.`,
      asking(wanted, PUT),
    );
  try {
    const { Certificate } = await aws(region)('acm', 'describe-certificate', '--certificate-arn', arn);
    const { DomainName, NotAfter } = Certificate;
    return (
      wrongWith(wanted, Certificate) ??
      well(
        `The certificate of ${of} is for ${DomainName}, until ${new Date(momentOf(NotAfter)).toISOString().slice(0, 10)}.`,
      )
    );
  } catch (error) {
    if (!isRefusal(error, 'ResourceNotFoundException')) throw error;
    return missing(`There is no certificate ${arn}, which ${of} is to have.`, asking(wanted, PUT));
  }
}

export const certificates: Check = {
  id: 'certificates',
  asksAws: true,
  async look(checked) {
    const wanted = wantedOf(checked.platform, checked.region);
    if (wanted.length === 0) return [well(`${checked.environment} needs no certificate.`)];
    return Promise.all(wanted.map((each) => judge(checked, each)));
  },
};
