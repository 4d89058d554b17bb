/** AWS bills a month as 730 hours. */
export const HOURS_A_MONTH = 730;
export const SECONDS_A_MONTH = HOURS_A_MONTH * 60 * 60;
