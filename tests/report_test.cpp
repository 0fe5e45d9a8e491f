// The HTML report: well-formed, self-contained, safe, and its numbers are the metrics.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/numbers.hpp"
#include "core/io/result_json.hpp"
#include "core/model/strategies.hpp"
#include "core/report/chart.hpp"
#include "core/report/html.hpp"
#include "core/report/markup.hpp"
#include "core/report/palette.hpp"
#include "core/report/png.hpp"
#include "core/report/view.hpp"
#include "core/traffic/example.hpp"
#include "tests/support.hpp"

namespace evenkeel::test {
namespace {

// A report's input and the data to which it points.
struct Sample {
  Loads loads;
  std::deque<Result> results;
  ReportInput input;

  Sample(Loads the_loads, const Shape& shape) : loads(std::move(the_loads)) {
    input.source = "trace.npy, steps 0:10";
    input.command = "evenkeel balance trace.npy";
    input.version = "1.2.3";
    input.shape = shape;
  }
  Sample(const Sample&) = delete;

  void add(std::string_view strategy, const Placement* previous = nullptr) {
    const Strategy* found = nullptr;
    ASSERT_TRUE(find_strategy(strategy == kNoBalancer ? kContiguous : strategy, found).ok());
    results.push_back(balance_on("cpu", loads, input.shape, found->rules, previous));
    add(std::string(strategy), results.back());
  }
  void add(std::string name, const Result& result) {
    input.loads = &loads;
    input.strategies.push_back({std::move(name), &result.placement, result.metrics});
    input.after = input.strategies.size() - 1;
  }
  // Without a balancer, and with one.
  Sample& compared() {
    add(kNoBalancer);
    add("deepseek");
    return *this;
  }
  std::string html() const { return report_html(input); }
};

// Two layers of twelve experts.
Loads small_loads() {
  return {2, 12, {90, 132, 40,  61, 104, 165, 39,  4,   73,  56, 183, 86,
                  20, 107, 104, 64, 19,  197, 187, 157, 172, 86, 16,  27}};
}

Loads no_loads(std::int32_t layers, std::int32_t experts) {
  const auto cells = static_cast<std::size_t>(layers) * static_cast<std::size_t>(experts);
  return {layers, experts, std::vector<float>(cells, 0.0f)};
}

bool is_void(std::string_view tag) {
  const std::set<std::string_view> tags = {"meta", "wbr",   "rect",  "line",
                                           "path", "image", "circle"};
  return tags.count(tag) == 1;
}

// "" if elements are closed in order, attributes are quoted and '<' and '&' begin markup; otherwise the place
// of the first violation. Also checks that nothing is fetched and nothing runs.
std::string fault(std::string_view html) {
  constexpr std::string_view kDoctype = "<!DOCTYPE html>\n";
  if (html.substr(0, kDoctype.size()) != kDoctype) return "no doctype";
  for (const char* wrong : {"http:", "https:", "url(", "@import", "<script", "<link", "<iframe",
                            "src=", "javascript:", "onload", "onclick"}) {
    if (html.find(wrong) != std::string_view::npos) return std::string("contains ") + wrong;
  }
  constexpr std::string_view kHref = "href=\"";
  for (std::size_t at = 0; (at = html.find(kHref, at)) != std::string_view::npos;) {
    at += kHref.size();
    if (html.substr(at, 15) != "data:image/png;") return "refers outside";
  }
  std::vector<std::string_view> open;
  std::size_t at = kDoctype.size();
  const auto here = [&] { return " at: " + std::string(html.substr(at, 80)); };
  while (at < html.size()) {
    if (html[at] == '&') {
      const std::string_view entity = html.substr(at, html.substr(at, 7).find(';') + 1);
      const std::set<std::string_view> known = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
      if (known.count(entity) == 0) return "bare &" + here();
    }
    if (html[at] != '<') {
      ++at;
      continue;
    }
    const std::size_t end = html.find('>', at);
    if (end == std::string_view::npos) return "open tag" + here();
    const std::string_view inside = html.substr(at + 1, end - at - 1);
    const std::string_view tag = inside.substr(0, inside.find_first_of(" /", 1));
    if (inside.find('<') != std::string_view::npos) return "bare <" + here();
    if (std::count(inside.begin(), inside.end(), '"') % 2 != 0) return "quotes" + here();
    if (inside.front() == '/') {
      if (open.empty() || open.back() != inside.substr(1)) return "wrong end" + here();
      open.pop_back();
    } else if (inside.back() == '/') {
      if (!is_void(tag)) return "not a void element" + here();
    } else {
      open.push_back(tag);
    }
    at = end + 1;
  }
  return open.empty() ? "" : "not closed: " + std::string(open.back());
}

TEST(Report, FaultsAreFound) {
  const auto of = [](const std::string& body) { return fault("<!DOCTYPE html>\n" + body); };
  EXPECT_EQ(of("<p class=\"a\">1 &lt; 2<wbr/></p>"), "");
  for (const char* wrong : {"<p>", "</p>", "<p><b></p></b>", "<i/>", "a & b", "<p a=\"></p>",
                            "<p <b></b></p>", "<image href=\"picture.png\"/>"}) {
    EXPECT_NE(of(wrong), "") << wrong;
  }
}

// The visible text: without style and tags, with no-break spaces as spaces.
std::string visible(std::string html) {
  const auto erase = [&](std::string_view from, std::string_view to) {
    for (std::size_t begin = 0; (begin = html.find(from, begin)) != std::string::npos;) {
      html.erase(begin, html.find(to, begin) + to.size() - begin);
    }
  };
  erase("<style>", "</style>");
  erase("<title>", "</title>");
  erase("<", ">");
  for (std::size_t at = 0; (at = html.find("\xc2\xa0", at)) != std::string::npos;) {
    html.replace(at, 2, " ");
  }
  return html;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// The text of the first element after the markup `begin`.
std::string part(const std::string& html, std::string_view begin, std::string_view end) {
  const std::size_t from = html.find(begin);
  if (from == std::string::npos) return "";
  return visible(html.substr(from, html.find(end, from) - from));
}

struct Extreme {
  const char* name;
  Shape shape;
};
class ReportExtremes : public testing::TestWithParam<Extreme> {};

TEST_P(ReportExtremes, AreWellFormedSmallAndDeterministic) {
  const Shape& shape = GetParam().shape;
  Loads loads = skewed_loads(shape.layers, shape.experts, 7);
  loads.first_layer = 3;
  for (std::int32_t x = 0; x < shape.experts; ++x) {
    if (shape.layers > 1) loads.values[static_cast<std::size_t>(x)] = 0;
  }
  Sample sample(std::move(loads), shape);
  sample.compared();
  const std::string html = sample.html();
  EXPECT_EQ(fault(html), "");
  EXPECT_EQ(html, sample.html());
  EXPECT_LT(html.size(), 400'000u);
  EXPECT_FALSE(contains(visible(html), "nan"));
  EXPECT_FALSE(contains(visible(html), "inf"));
  EXPECT_EQ(contains(html, "data:image/png"), shape.layers * shape.experts > 1024);
}

INSTANTIATE_TEST_SUITE_P(Shapes, ReportExtremes,
                         testing::Values(Extreme{"smallest", {1, 1, 1, 1, 1, 1}},
                                         Extreme{"one_layer", {1, 8, 8, 8, 1, 1}},
                                         Extreme{"largest", {128, 1024, 4096, 1024, 1, 1}},
                                         Extreme{"all_bars", {128, 1024, 2048, 256, 16, 16}},
                                         Extreme{"wide", {92, 896, 1024, 128, 1, 1}},
                                         Extreme{"nodes", {58, 256, 288, 32, 4, 8}},
                                         Extreme{"odd", {7, 999, 1036, 7, 1, 1}}),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST(Report, IsOfNoLoadToo) {
  const std::string html = Sample(no_loads(2, 16), {2, 16, 32, 8, 1, 1}).compared().html();
  EXPECT_EQ(fault(html), "");
  EXPECT_TRUE(contains(visible(html), "The window has no load"));
}

TEST(Report, EscapesWhatComesFromOutside) {
  const std::string hostile = "<script>alert(1)</script>\"'&amp;\x1b[0m\xff\xed\xa0\x80--><style>";
  Sample sample(small_loads(), {2, 12, 16, 8, 2, 4});
  sample.compared();
  sample.input.source = sample.input.command = sample.input.version = hostile;
  sample.input.strategies[0].name = hostile;
  sample.input.strategies[1].name = hostile + "2";
  const std::string html = sample.html();
  EXPECT_EQ(fault(html), "");
  EXPECT_TRUE(contains(visible(html), "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;amp;"));
  for (const char control : {'\x1b', '\xff', '\xed'}) {
    EXPECT_EQ(html.find(control), std::string::npos);
  }
}

TEST(Report, EscapedTextIsUtf8) {
  using report::escaped;
  EXPECT_EQ(escaped("a\tµ€😀\n"), "a\tµ€😀\n");
  EXPECT_EQ(escaped(std::string_view("\0\x7f", 2)), "\ufffd\ufffd");
  EXPECT_EQ(escaped("\xc0\xaf\xc3"), "\ufffd\ufffd\ufffd");            // overlong, cut short
  EXPECT_EQ(escaped("\xf4\x90\x80\x80"), "\ufffd\ufffd\ufffd\ufffd");  // above U+10FFFF
  EXPECT_EQ(escaped("\xe2\x82"), "\ufffd\ufffd");
}

TEST(Report, ShowsTheMetrics) {
  const Shape shape = {2, 3, 6, 3, 1, 1};
  Sample sample({2, 3, {12, 6, 3, 0, 0, 0}, 5, 1}, shape);
  Result result;  // of GPU loads 8, 7, 6 in the first layer
  result.placement.layers = 2;
  result.placement.experts = 3;
  result.placement.slots = 6;
  result.placement.gpus = 3;
  result.placement.phy2log = {0, 0, 0, 1, 1, 2, 0, 1, 2, 0, 1, 2};
  result.placement.logcnt = {3, 2, 1, 2, 2, 2};
  result.placement.log2phy = {0, 1, 2, 3, 4, 5, 0, 3, 1, 4, 2, 5};
  ASSERT_TRUE(
      score(sample.loads, result.placement, shape, &result.placement, {}, result.metrics).ok());
  sample.add("by hand", result);
  sample.input.before = sample.input.after = 0;
  sample.input.strategies[0].us_per_layer = 12.34;
  const std::string html = sample.html();
  EXPECT_EQ(fault(html), "");

  EXPECT_EQ(report::gpu_loads(sample.input, result.placement, 0), (std::vector<double>{8, 7, 6}));
  EXPECT_EQ(
      part(html, "<h1>", "</h1>"),
      "With by hand balancedness is 0.94: the load of the hottest GPU of a layer is 1.07 times the "
      "mean load.");
  EXPECT_EQ(part(html, "<tbody>", "</tbody>"), "by hand0.93750.875050.87507.14 %7.14 %1012.3 µs");
  // Of the layer: balancedness, imbalance, gap, best possible, mean, maximum, bound, hottest, copies, moved.
  EXPECT_TRUE(contains(visible(html), "50.875014.29 %14.29 %1.0000787010"));
  EXPECT_TRUE(contains(visible(html), "Hottest is GPU 0 with 8 tokens, 1.14 times the mean."));
  EXPECT_TRUE(contains(visible(html), "1 of 2 layers have no load"));
  EXPECT_TRUE(contains(html, "<title>GPU 1: 7\u00a0tokens, 1.000 times the mean</title>"));
  EXPECT_TRUE(
      contains(html, "<title>layer 5, expert 0: 12\u00a0tokens, 1.71 times the mean</title>"));
  EXPECT_TRUE(contains(html, hash_text(result.placement)));
  EXPECT_TRUE(contains(visible(html), sample.input.command));
  EXPECT_TRUE(contains(visible(html), sample.input.source));
}

TEST(Report, GpuLoadsAreThoseOfTheMetrics) {
  Sample sample(skewed_loads(5, 64, 3), {5, 64, 96, 16, 2, 4});
  sample.compared();
  for (const ReportStrategy& strategy : sample.input.strategies) {
    for (std::size_t layer = 0; layer < 5; ++layer) {
      const auto loads = report::gpu_loads(sample.input, *strategy.placement, layer);
      const auto most = std::max_element(loads.begin(), loads.end());
      EXPECT_EQ(*most, strategy.metrics[layer].max_load);
      EXPECT_EQ(most - loads.begin(), strategy.metrics[layer].hottest_gpu);
    }
  }
}

TEST(Report, HeadlineIsHonest) {
  Sample sample(small_loads(), {2, 12, 16, 8, 2, 4});
  sample.compared();
  const auto headline = [&] { return part(sample.html(), "<h1>", "</h1>"); };
  EXPECT_EQ(headline(),
            "Balancing raises balancedness from 0.52 to 0.82: the load of the hottest GPU of a "
            "layer is now "
            "1.23 times the mean load instead of 1.93.");
  std::swap(sample.input.before, sample.input.after);
  EXPECT_TRUE(
      contains(headline(), "no balancer makes it worse: balancedness falls from 0.82 to 0.52"));
  sample.input.strategies[0] = sample.input.strategies[1];
  EXPECT_TRUE(contains(headline(), "deepseek changes nothing here: balancedness is 0.82"));

  // A gain that two digits would not show.
  std::vector<LayerMetrics> better(sample.results[1].metrics);
  for (LayerMetrics& layer : better) layer.max_load *= 0.999;
  sample.input.strategies[0].metrics = better;
  EXPECT_TRUE(
      contains(headline(), "changes almost nothing: balancedness goes from 0.816 to 0.817"));
  for (LayerMetrics& layer : better) layer.max_load *= 0.99;
  EXPECT_TRUE(contains(headline(), "helps a little: balancedness rises from 0.82 to 0.83"));
}

TEST(Report, MarksTheBestOfEachColumn) {
  Sample sample(small_loads(), {2, 12, 16, 8, 2, 4});
  sample.add(kNoBalancer);
  sample.add("deepseek", &sample.results[0].placement);
  sample.input.strategies[0].us_per_layer = 1;
  const std::string table = part(sample.html(), "<tbody>", "</tbody>");
  // If all values are equal, none is marked as best; a strategy without a known number of moved slots is not
  // marked as best.
  EXPECT_TRUE(contains(table, "before0.52000.480000.519293.44 %71.65 %0–★ 1.00 µs")) << table;
  EXPECT_TRUE(contains(table, "after★ 0.8164★ 0.80501★ 0.8156★ 22.52 %★ 8.81 %0★ ")) << table;
}

std::uint32_t crc_of(std::string_view bytes) {
  std::uint32_t crc = ~0u;
  for (const char byte : bytes) {
    for (int bit = 0; bit < 8; ++bit) {
      const std::uint32_t in = static_cast<std::uint8_t>(byte) >> bit & 1;
      crc = (crc & 1) != in ? crc >> 1 ^ 0xedb88320u : crc >> 1;
    }
  }
  return ~crc;
}

std::uint32_t adler_of(std::string_view bytes) {
  std::uint64_t low = 1;
  std::uint64_t high = 0;
  for (const char byte : bytes) high += low += static_cast<std::uint8_t>(byte);
  return static_cast<std::uint32_t>(high % 65521 << 16 | low % 65521);
}

// A strict reader of the PNGs that report_png writes.
class PngReader {
 public:
  explicit PngReader(std::string_view file) : rest_(file) {
    EXPECT_EQ(take(8), "\x89PNG\r\n\x1a\n");
    const std::string_view header = chunk("IHDR");
    width = big_endian(header);
    height = big_endian(header.substr(4));
    EXPECT_EQ(header.substr(8), std::string_view("\x08\x03\0\0\0", 5));
    palette = chunk("PLTE");
    const std::string rows = inflated(chunk("IDAT"));
    EXPECT_EQ(chunk("IEND"), "");
    EXPECT_EQ(rest_, "");
    EXPECT_EQ(rows.size(), height * (width + 1));
    for (std::size_t row = 0; row < height; ++row) {
      EXPECT_EQ(rows[row * (width + 1)], 0);
      pixels += rows.substr(row * (width + 1) + 1, width);
    }
  }

  std::size_t width = 0;
  std::size_t height = 0;
  std::string palette;
  std::string pixels;

 private:
  static std::uint32_t big_endian(std::string_view bytes) {
    std::uint32_t value = 0;
    for (const char byte : bytes.substr(0, 4)) value = value << 8 | static_cast<std::uint8_t>(byte);
    return value;
  }
  static std::size_t little_endian(std::string_view bytes) {
    return static_cast<std::uint8_t>(bytes[0]) | static_cast<std::uint8_t>(bytes[1]) << 8;
  }
  std::string_view take(std::size_t count) {
    const std::string_view taken = rest_.substr(0, count);
    EXPECT_EQ(taken.size(), count);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  std::string_view chunk(std::string_view type) {
    const std::size_t size = big_endian(take(4));
    const std::string_view body = take(4 + size);
    EXPECT_EQ(body.substr(0, 4), type);
    EXPECT_EQ(big_endian(take(4)), crc_of(body)) << type;
    return body.substr(4);
  }
  static std::string inflated(std::string_view stream) {
    EXPECT_EQ(stream.substr(0, 2), "\x78\x01");
    stream.remove_prefix(2);
    std::string out;
    for (bool last = false; !last;) {
      last = stream[0] == 1;
      const std::size_t size = little_endian(stream.substr(1));
      EXPECT_EQ(size ^ 0xffff, little_endian(stream.substr(3)));
      out += stream.substr(5, size);
      stream.remove_prefix(5 + size);
    }
    EXPECT_EQ(stream.size(), 4u);
    EXPECT_EQ(big_endian(stream), adler_of(out));
    return out;
  }

  std::string_view rest_;
};

TEST(ReportPng, Decodes) {
  EXPECT_EQ(crc_of("IEND"), 0xae426082u);
  for (const std::size_t width : {1u, 3u, 700u}) {
    std::vector<std::uint8_t> pixels(width * 300);  // the last one needs several blocks
    for (std::size_t i = 0; i < pixels.size(); ++i)
      pixels[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
    const std::string file = report::png(pixels, width, report::palette());
    const PngReader read(file);
    EXPECT_EQ(read.width, width);
    EXPECT_EQ(read.height, 300u);
    EXPECT_EQ(read.pixels, std::string(pixels.begin(), pixels.end()));
    EXPECT_EQ(read.palette.size(), 256u * 3);
    EXPECT_EQ(read.palette.substr(0, 3), "\x44\x01\x54");
  }
}

TEST(ReportPng, Base64) {
  // RFC 4648, section 10.
  const std::array<const char*, 7> texts = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
  const std::array<const char*, 7> coded = {"",         "Zg==",     "Zm8=",    "Zm9v",
                                            "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
  for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(report::base64(texts[i]), coded[i]);
  EXPECT_EQ(report::base64("\xff\xfe\xfd"), "//79");
}

std::string unbase64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text.substr(0, text.find('='))) {
    bits = bits << 6 | static_cast<std::uint32_t>(kDigits.find(c));
    if ((count += 6) >= 8) out += static_cast<char>(bits >> (count -= 8) & 0xff);
  }
  return out;
}

TEST(Report, HeatMapIsAPictureOfTheLoads) {
  Sample sample(skewed_loads(4, 1000, 1), {4, 1000, 1000, 8, 1, 1});
  // Much hotter than the others, which keep their colours; and a layer without load.
  sample.loads.values[1000 + 321] = 1e6f;
  std::fill(sample.loads.values.begin() + 2000, sample.loads.values.begin() + 3000, 0.0f);
  sample.compared();
  const std::string html = sample.html();
  constexpr std::string_view kBegin = "data:image/png;base64,";
  const std::size_t begin = html.find(kBegin) + kBegin.size();
  const std::string file =
      unbase64(std::string_view(html).substr(begin, html.find('"', begin) - begin));
  const PngReader read(file);
  ASSERT_EQ(read.width, 500u);  // pairs of experts
  ASSERT_EQ(read.height, 4u);
  const auto pixel = [&](std::size_t layer, std::size_t expert) {
    return static_cast<std::uint8_t>(read.pixels[layer * 500 + expert / 2]);
  };
  EXPECT_EQ(pixel(1, 321), 254);
  for (std::size_t x = 0; x < 1000; x += 2) EXPECT_EQ(pixel(2, x), report::kNoLoadIndex);
  // Within a layer, a hotter pair is never darker.
  const auto load = [&](std::size_t x) {
    return std::max(sample.loads.values[x], sample.loads.values[x + 1]);
  };
  for (std::size_t x = 2; x < 1000; x += 2) {
    const bool hotter = load(x) >= load(x - 2);
    EXPECT_TRUE(hotter ? pixel(0, x) >= pixel(0, x - 2) : pixel(0, x) <= pixel(0, x - 2)) << x;
  }
  EXPECT_TRUE(contains(html, "layer 1, hottest is expert 321: 1,000,000\u00a0tokens"));
  EXPECT_TRUE(contains(html, "layer 2, no load"));
  EXPECT_TRUE(contains(html, "the hottest of 2 neighbouring experts"));
}

TEST(ReportNumbers, AreReadable) {
  using namespace report;
  EXPECT_EQ(ratio(1), "1.00");
  EXPECT_EQ(ratio(0.9973), "0.997");
  EXPECT_EQ(ratio(0.9999999), "1.0000");
  EXPECT_EQ(ratios(0.971, 0.974).second, "0.974");
  EXPECT_EQ(percent(0.06881), "6.88\u00a0%");
  EXPECT_EQ(percent(0.0032), "0.32\u00a0%");
  EXPECT_EQ(percent(1.8243), "182.4\u00a0%");
  EXPECT_EQ(percent(10.2468), "1025\u00a0%");
  EXPECT_EQ(percent(0), "0.00\u00a0%");
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(amount(12.5), "12.5");
  EXPECT_EQ(amount(99999.5), "100,000");
  EXPECT_EQ(amount(3e38), "3.000e+38");
  EXPECT_EQ(microseconds(17.98), "18.0\u00a0µs");
  EXPECT_EQ(microseconds(1.826), "1.83\u00a0µs");
  EXPECT_EQ(microseconds(1234.4), "1,234\u00a0µs");
  EXPECT_EQ(microseconds(9999.4), "9,999\u00a0µs");
  EXPECT_EQ(microseconds(9999.5), "10.0\u00a0ms");
  EXPECT_EQ(microseconds(28129), "28.1\u00a0ms");
  EXPECT_EQ(microseconds(1234567), "1,235\u00a0ms");
  EXPECT_EQ(shortest(1.50, 2), "1.5");
  EXPECT_EQ(short_load(0), "0");
  EXPECT_EQ(short_load(0.03125), "0.0312");
  EXPECT_EQ(short_load(80000), "80\u00a0k");
  EXPECT_EQ(short_load(999499), "999\u00a0k");
  EXPECT_EQ(short_load(999500), "1\u00a0M");
  EXPECT_EQ(short_load(1.2345e9), "1.23\u00a0G");
  EXPECT_EQ(counted(1, "layer"), "1\u00a0layer");
  EXPECT_EQ(counted(4096, "slot"), "4,096\u00a0slots");
  EXPECT_EQ(share(1.0 / 3), "33.33%");
}

TEST(ReportChart, StepsAndLabels) {
  using namespace report;
  EXPECT_EQ(round_steps(149490), (std::vector<double>{0, 50000, 100000}));
  EXPECT_EQ(round_steps(8), (std::vector<double>{0, 2, 4, 6, 8}));
  for (const double top : {1e-30, 0.07, 1.0, 9.99, 10.0, 3e38}) {
    const std::size_t count = round_steps(top).size();
    EXPECT_TRUE(count >= 3 && count <= 6) << top << " " << count;
  }
  EXPECT_EQ(labelled(58, 3, 8), (std::vector<std::size_t>{5, 13, 21, 29, 37, 45, 53}));
  EXPECT_EQ(labelled(1, 3, 8), (std::vector<std::size_t>{0}));
  std::vector<double> close = {100, 99, 98};
  spread(close, 230);
  EXPECT_EQ(close, (std::vector<double>{100, 84, 68}));
  std::vector<double> high = {3, 2, 1};
  spread(high, 230);
  EXPECT_EQ(high, (std::vector<double>{32, 16, 0}));
}

}  // namespace
}  // namespace evenkeel::test
