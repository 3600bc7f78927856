/** Date and time in the zone asked for, built from parts: whole formats differ between versions of Node. */
export function readClock(timezone: string | undefined, now: Date = new Date()): { time: string; timezone: string } {
  const zone = timezone ?? 'UTC';
  const parts = Object.fromEntries(
    formatFor(zone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  );
  const { weekday, year, month, day, hour, minute } = parts;
  return { time: `${weekday}, ${year}-${month}-${day} ${hour}:${minute}`, timezone: zone };
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const digits = '2-digit';
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'long',
      year: 'numeric',
      month: digits,
      day: digits,
      hour: digits,
      minute: digits,
      hourCycle: 'h23',
    });
  } catch {
    throw new Error(`there is no time zone called "${timeZone}"`);
  }
}
