/** The oldest Terraform that works: 1.10 is the first that locks states in S3 by a file beside them (https://developer.hashicorp.com/terraform/language/backend/s3). */
export const OLDEST_TERRAFORM = '1.10.0';
