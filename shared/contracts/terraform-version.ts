/** The oldest Terraform that works: since 1.10 states in S3 are locked by a file beside them (https://developer.hashicorp.com/terraform/language/backend/s3). */
export const OLDEST_TERRAFORM = '1.10.0';
