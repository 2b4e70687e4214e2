// Check digits of cards, as kernel.barcodes has them: a number that was misread or mistyped is not handed out.

const VALUES = "0123456789-$:/.+";

const digits = (body) => {
  if (!/^\d*$/.test(body)) throw new RangeError(body);
  return [...body].map(Number);
};

const rest = (body, modulus) => digits(body).reduce((left, digit) => (left * 10 + digit) % modulus, 0);

// Each digit times its weight, counted from the right, the weights beginning again when they are used up.
const weighted = (body, weights) => digits(body).reverse().map((digit, place) => digit * weights[place % weights.length]);

const sum = (numbers) => numbers.reduce((total, one) => total + one, 0);
const complement = (value, modulus) => (modulus - (value % modulus)) % modulus;

const m10 = (weight) => (body) => String(complement(sum(weighted(body, [weight, 1])), 10));

const m11 = (weights, ten) => (body) => {
  const value = complement(sum(weighted(body, weights)), 11);
  return value === 10 ? ten : String(value);
};

function m16(body) {
  const values = [...body].map((letter) => VALUES.indexOf(letter));
  if (!values.length || Math.min(...values) < 0) throw new RangeError(body);
  return VALUES[complement(sum(values), 16)];
}

const SCHEMES = {
  "7dr": (body) => String(rest(body, 7)),
  "7dsr": (body) => String(complement(rest(body, 7), 7)),
  "9dr": (body) => String(rest(body, 9)),
  "9dsr": (body) => String(complement(rest(body, 9), 9)),
  m10w2: (body) => String(complement(sum(weighted(body, [2, 1]).map((one) => Math.floor(one / 10) + (one % 10))), 10)),
  "m10w2-whole": m10(2),
  m10w3: m10(3),
  m11: m11([2, 3, 4, 5, 6, 7], "0"),
  "m11-x": m11([2, 3, 4, 5, 6, 7], "X"),
  m11w10: m11([2, 3, 4, 5, 6, 7, 8, 9, 10], "X"),
  m16,
};

export function isValid(scheme, number) {
  if (scheme === "none") return Boolean(number);
  if (number.length < 2) return false;
  try {
    return SCHEMES[scheme](number.slice(0, -1)) === number.at(-1);
  } catch {
    return false;
  }
}
