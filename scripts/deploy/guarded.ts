import { kindOf, type Plan, type ResourceChange } from './plan.ts';

/**
 * Resources that are not destroyed or replaced unless somebody says so, by what is lost with them. All others can be created again with
 * nothing lost but time.
 */
export const GUARDED: Record<string, string> = {
  aws_s3_bucket: 'objects',
  aws_dynamodb_table: 'records',
  aws_sqs_queue: 'messages, and the URL that services send to',
  aws_backup_vault: 'backups',
  aws_kms_key: 'everything that it has encrypted',
  aws_subnet: 'the network of everything that runs in it',
  aws_vpc: 'the whole network',
  aws_nat_gateway: 'the address by which others know this service',
  aws_eip: 'the address by which others know this service',
  aws_lb: 'the address that clients and DNS records have',
  aws_cloudfront_distribution: 'the address that clients and DNS records have',
  aws_ecr_repository: 'images, also those that run',
  aws_route53_zone: 'DNS records, and the name servers that others have',
  aws_iam_openid_connect_provider: 'the way in for every workflow',
};

/** What is lost with a resource of a type, which comes from a plan; undefined where nothing is. */
export const lossOf = (type: string): string | undefined => (Object.hasOwn(GUARDED, type) ? GUARDED[type] : undefined);

export interface Guard {
  address: string;
  kind: 'destroyed' | 'replaced' | 'forgotten';
  /** What is lost. */
  loss: string;
}

function guardOf(change: ResourceChange): Guard[] {
  const kind = kindOf(change);
  const loss = lossOf(change.type);
  if (!loss || (kind !== 'destroyed' && kind !== 'replaced' && kind !== 'forgotten')) return [];
  return [{ address: change.address, kind, loss }];
}

/** The guarded resources that a plan destroys or replaces, or that Terraform would no longer know. */
export const guardedIn = ({ resource_changes = [] }: Plan): Guard[] => resource_changes.flatMap(guardOf);
