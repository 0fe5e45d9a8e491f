// The same as "%.*g" in native/platform/number_text.cpp, although JavaScript rounds ties up, printf rounds them to
// even, and exponents are written differently. At most 32 characters. CMakeLists.txt makes a library for em++ of it.
export function number_text(value) {
  const rounded = (places) => { // to 1 + places digits, as [digits, exponent]
    const [exact, exponent] = Math.abs(value).toExponential(60).split('e');
    const digits = exact.replace('.', '');
    const cut = 1 + places;
    if (/^50*$/.test(digits.slice(cut)) && '02468'.includes(digits[places])) return [digits.slice(0, cut), +exponent];
    const [nearest, its_exponent] = Math.abs(value).toExponential(places).split('e');
    return [nearest.replace('.', ''), +its_exponent];
  };
  const point = (digits, at) => `${digits.slice(0, at)}.${digits.slice(at)}`.replace(/[.]?0*$/, '');
  const written = (count) => {
    const [digits, exponent] = rounded(count - 1);
    if (exponent < -4 || exponent >= count) {
      const size = String(Math.abs(exponent)).padStart(2, '0');
      return `${point(digits, 1)}e${exponent < 0 ? '-' : '+'}${size}`;
    }
    return exponent < 0 ? point('0'.repeat(-exponent) + digits, 1) : point(digits, exponent + 1);
  };
  let text = '';
  if (value !== value) {
    text = 'nan';
  } else if (Math.abs(value) === Infinity) {
    text = value < 0 ? '-inf' : 'inf';
  } else {
    const sign = value < 0 || Object.is(value, -0) ? '-' : '';
    const is_binary32 = Math.abs(value) < 2 ** 127 && Math.fround(value) === value;
    for (const count of [6, 9, 15, 17]) {
      text = sign + written(count);
      if (Number(text) === value || (is_binary32 && Math.fround(Number(text)) === value)) break;
    }
  }
  return text;
}
