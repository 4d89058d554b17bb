/** Where something is, whatever the environment. */
export interface Account {
  /** Twelve digits. */
  accountId: string;
  region: string;
}
