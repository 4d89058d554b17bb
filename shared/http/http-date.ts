/** The three forms of RFC 9110, 5.6.7. What is no month is no date either, and found out by that. */
const IMF_FIXDATE = /^(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat), (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT$/;
const RFC_850 = /^(?:Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day, (\d{2})-([A-Z][a-z]{2})-(\d{2}) (\d{2}:\d{2}:\d{2}) GMT$/;
const ASCTIME = /^(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat) ([A-Z][a-z]{2}) ([ \d]\d) (\d{2}:\d{2}:\d{2}) (\d{4})$/;

/** Years that a year of two digits may be ahead. */
const MOST_YEARS_AHEAD = 50;

/** A date of HTTP as epoch milliseconds, whatever day of the week it is said to be; undefined for whatever is none, `31 Feb` among it. */
export function parseHttpDate(text: string | undefined, now = Date.now()): number | undefined {
  const written = text === undefined ? undefined : asFixdate(text, now);
  if (written === undefined) return undefined;
  const date = new Date(written);
  return !Number.isNaN(Number(date)) && date.toUTCString().endsWith(written) ? Number(date) : undefined;
}

/** Without the day of the week: `06 Nov 1994 08:49:37 GMT`. */
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
  return inThisCentury - thisYear > MOST_YEARS_AHEAD ? inThisCentury - 100 : inThisCentury;
}
