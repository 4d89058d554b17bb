/** The three forms of RFC 9110, 5.6.7. Wrong names of months match too, and are noticed when the date is parsed. */
const IMF_FIXDATE = /^(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat), (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT$/;
const RFC_850 = /^(?:Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day, (\d{2})-([A-Z][a-z]{2})-(\d{2}) (\d{2}:\d{2}:\d{2}) GMT$/;
const ASCTIME = /^(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat) ([A-Z][a-z]{2}) ([ \d]\d) (\d{2}:\d{2}:\d{2}) (\d{4})$/;

/** The maximum number of years that a year of two digits may be in the future. */
const MAX_YEARS_AHEAD = 50;

/** An HTTP date as epoch milliseconds; undefined if it is not a valid date, such as `31 Feb`. The day of the week is ignored. */
export function parseHttpDate(text: string | undefined, now = Date.now()): number | undefined {
  const written = text === undefined ? undefined : asFixdate(text, now);
  if (written === undefined) return undefined;
  const date = new Date(written);
  return !Number.isNaN(Number(date)) && date.toUTCString().endsWith(written) ? Number(date) : undefined;
}

/** The date without the day of the week: `06 Nov 1994 08:49:37 GMT`. */
function asFixdate(text: string, now: number): string | undefined {
  const [, day, month, year, time] = IMF_FIXDATE.exec(text) ?? [];
  if (time !== undefined) return `${day} ${month} ${year} ${time} GMT`;
  const [, shortDay, shortMonth, shortYear, shortTime] = RFC_850.exec(text) ?? [];
  if (shortTime !== undefined) return `${shortDay} ${shortMonth} ${fullYear(Number(shortYear), now)} ${shortTime} GMT`;
  const [, plainMonth, plainDay = '', plainTime, plainYear] = ASCTIME.exec(text) ?? [];
  if (plainTime === undefined) return undefined;
  return `${plainDay.replace(' ', '0')} ${plainMonth} ${plainYear} ${plainTime} GMT`;
}

function fullYear(year: number, now: number): number {
  const thisYear = new Date(now).getUTCFullYear();
  const inThisCentury = Math.floor(thisYear / 100) * 100 + year;
  return inThisCentury - thisYear > MAX_YEARS_AHEAD ? inThisCentury - 100 : inThisCentury;
}
