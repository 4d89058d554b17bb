/** An AWS account and region. */
export interface Account {
  /** Twelve digits. */
  accountId: string;
  region: string;
}
