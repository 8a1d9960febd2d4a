// Reads the tokens and computes WCAG contrast for every pair that carries text or marks a control, in light and dark and for each accent.

/** [text, ground, least ratio] */
const PAIRS = [
  ["--ink", "--paper", 7],
  ["--ink", "--card", 7],
  ["--ink", "--hover", 7],
  ["--ink-soft", "--paper", 4.5],
  ["--ink-soft", "--card", 4.5],
  ["--ink-soft", "--sunken", 4.5],
  ["--ink-soft", "--hover", 4.5],
  ["--line-strong", "--card", 3],
  ...["open", "scheduled", "attention", "refused"].flatMap((state) => [
    [`--${state}`, `--${state}-soft`, 4.5],
    [`--${state}`, "--card", 4.5],
    ["--ink", `--${state}-soft`, 7],
  ]),
  ["--accent", "--card", 4.5],
  ["--accent", "--paper", 4.5],
  ["--accent", "--accent-soft", 4.5],
  ["--on-accent", "--accent", 4.5],
  ["--on-accent", "--accent-press", 4.5],
];

/** Sentences about each pair below its ratio; none when all is readable. */
export function checkContrast(css) {
  const at = css.indexOf("@media (prefers-color-scheme: dark)");
  const parts = { light: css.slice(0, at), dark: css.slice(at) };
  const base = { light: tokens(parts.light, ":root"), dark: {} };
  base.dark = { ...base.light, ...tokens(parts.dark, ":root") };
  const faint = [];
  for (const scheme of ["light", "dark"]) {
    for (const accent of ["", ...[...parts[scheme].matchAll(/\[data-accent="(\w+)"\]/g)].map(([, name]) => name)]) {
      const all = { ...base[scheme], ...(accent ? tokens(parts[scheme], `[data-accent="${accent}"]`) : {}) };
      for (const [text, ground, least] of PAIRS) {
        const ratio = contrast(colour(all[text], all), colour(all[ground], all));
        if (ratio < least) faint.push(`${scheme} ${accent || "default"}: ${text} on ${ground} is ${ratio.toFixed(2)}, needs ${least}`);
      }
    }
  }
  return faint;
}

function tokens(css, selector) {
  const from = css.indexOf("{", css.indexOf(`${selector} {`));
  const block = css.slice(from + 1, css.indexOf("}", from));
  return Object.fromEntries([...block.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name, value.trim()]));
}

/** A colour as OKLab [l, a, b]. */
function colour(value, all) {
  const name = value.match(/^var\((--[\w-]+)\)$/)?.[1];
  if (name) return colour(all[name], all);
  if (value === "black") return [0, 0, 0];
  if (value === "white") return [1, 0, 0];
  const mix = value.match(/^color-mix\(in oklab, (.+?) ([\d.]+)%, (.+)\)$/);
  if (mix) {
    const [one, two, share] = [colour(mix[1], all), colour(mix[3], all), Number(mix[2]) / 100];
    return one.map((part, index) => part * share + two[index] * (1 - share));
  }
  const [, l, c, h] = value.match(/^oklch\(([\d.]+) ([\d.]+) ([\d.]+)/).map(Number);
  const angle = (h * Math.PI) / 180;
  return [l, c * Math.cos(angle), c * Math.sin(angle)];
}

function luminance([l, a, b]) {
  const [x, y, z] = [l + 0.3963377774 * a + 0.2158037573 * b, l - 0.1055613458 * a - 0.0638541728 * b, l - 0.0894841775 * a - 1.291485548 * b].map((part) => part ** 3);
  const red = 4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z;
  const green = -1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z;
  const blue = -0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z;
  const clip = (part) => Math.min(1, Math.max(0, part));
  return 0.2126 * clip(red) + 0.7152 * clip(green) + 0.0722 * clip(blue);
}

function contrast(one, two) {
  const [high, low] = [luminance(one), luminance(two)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}
