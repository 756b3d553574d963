const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** `1.4 MiB`. */
export function bytesText(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`;
}

/** `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function secondsText(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/**
 * An age as Kubernetes prints it (apimachinery's duration.HumanDuration): two units while they tell something, then one. Input in
 * seconds.
 */
export function ageText(seconds: number): string {
  if (seconds < -1) return "<invalid>";
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = Math.floor(whole / 60);
  const hours = Math.floor(whole / 3600);
  const days = Math.floor(hours / 24);
  const years = Math.floor(days / 365);
  const two = (first: string, rest: number, unit: string): string =>
    rest === 0 ? first : `${first}${rest}${unit}`;
  if (whole < 120) return `${whole}s`;
  if (minutes < 10) return two(`${minutes}m`, whole % 60, "s");
  if (minutes < 180) return `${minutes}m`;
  if (hours < 8) return two(`${hours}h`, minutes % 60, "m");
  if (hours < 48) return `${hours}h`;
  if (days < 8) return two(`${days}d`, hours % 24, "h");
  if (days < 730) return `${days}d`;
  return years < 8 ? two(`${years}y`, days % 365, "d") : `${years}y`;
}
